import { etagOf } from '../core/dashboards/dashboard.ts';
import { getDashboard } from '../core/dashboards/get-dashboard.ts';
import { permissionsOf } from '../core/dashboards/permissions.ts';
import { dashboardDependencies } from '../dependencies/dashboards.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = dashboardDependencies();

/** `GET /api/dashboard/{id}` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read' },
  async ({ tenant, scopes, pathParameters }) => {
    const dashboard = await getDashboard(dependencies, { tenant, id: pathParameters['id'] ?? '' });
    const body = { success: true, dashboard, permissions: permissionsOf(scopes) };
    return { statusCode: 200, headers: { etag: etagOf(dashboard) }, body };
  },
);
