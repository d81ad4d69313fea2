import { duplicateDashboard } from '../core/dashboards/create-dashboard.ts';
import { etagOf } from '../core/dashboards/dashboard.ts';
import { dashboardDependencies } from '../dependencies/dashboards.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = dashboardDependencies();

/** `POST /api/dashboard/{id}/duplicate` `{name?}` */
export const handler = httpEndpoint(
  {
    logger: serviceLogger(),
    limiter: rateLimiter(),
    scope: 'read',
    furtherScopes: ['submit'],
    accepts: ['json'],
    bodyIsOptional: true,
  },
  async ({ tenant, pathParameters, body }) => {
    const dashboard = await duplicateDashboard(dependencies, { tenant, id: pathParameters['id'] ?? '', body });
    const headers = { etag: etagOf(dashboard), location: `/api/dashboard/${dashboard.id}` };
    return { statusCode: 201, headers, body: { success: true, dashboard } };
  },
);
