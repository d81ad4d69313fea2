import { listDashboards } from '../core/dashboards/get-dashboard.ts';
import { permissionsOf } from '../core/dashboards/permissions.ts';
import { dashboardDependencies } from '../dependencies/dashboards.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = dashboardDependencies();

/** `GET /api/dashboard` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read' },
  async ({ tenant, scopes }) => ({
    statusCode: 200,
    body: {
      success: true,
      dashboards: await listDashboards(dependencies, tenant),
      permissions: permissionsOf(scopes),
    },
  }),
);
