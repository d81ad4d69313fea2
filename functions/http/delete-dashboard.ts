import { deleteDashboard, parseIfMatch } from '../core/dashboards/change-dashboard.ts';
import { dashboardDependencies } from '../dependencies/dashboards.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = dashboardDependencies();

/** `DELETE /api/dashboard/{id}`, with `If-Match` only if it still is that version. */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read', furtherScopes: ['submit'] },
  async ({ tenant, pathParameters, header }) => {
    const expected = parseIfMatch(header('if-match'));
    await deleteDashboard(dependencies, { tenant, id: pathParameters['id'] ?? '', expected });
    return { statusCode: 200, body: { success: true } };
  },
);
