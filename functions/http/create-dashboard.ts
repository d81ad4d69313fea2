import { createDashboard } from '../core/dashboards/create-dashboard.ts';
import { etagOf } from '../core/dashboards/dashboard.ts';
import { dashboardDependencies } from '../dependencies/dashboards.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = dashboardDependencies();

/** `POST /api/dashboard` `{name, description?, timeRange?, widgets?}` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read', furtherScopes: ['submit'], accepts: ['json'] },
  async ({ tenant, body }) => {
    const dashboard = await createDashboard(dependencies, { tenant, body });
    const headers = { etag: etagOf(dashboard), location: `/api/dashboard/${dashboard.id}` };
    return { statusCode: 201, headers, body: { success: true, dashboard } };
  },
);
