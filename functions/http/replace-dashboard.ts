import { parseIfMatch, replaceDashboard } from '../core/dashboards/change-dashboard.ts';
import { etagOf } from '../core/dashboards/dashboard.ts';
import { dashboardDependencies } from '../dependencies/dashboards.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = dashboardDependencies();

/** `PUT /api/dashboard/{id}` with `If-Match`: the whole content. */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read', furtherScopes: ['submit'], accepts: ['json'] },
  async ({ tenant, pathParameters, header, body }) => {
    const expected = parseIfMatch(header('if-match'));
    const id = pathParameters['id'] ?? '';
    const dashboard = await replaceDashboard(dependencies, { tenant, id, expected, body });
    return { statusCode: 200, headers: { etag: etagOf(dashboard) }, body: { success: true, dashboard } };
  },
);
