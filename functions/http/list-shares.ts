import { listShares } from '../core/dashboards/share-dashboard.ts';
import { dashboardDependencies } from '../dependencies/dashboards.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = dashboardDependencies();

/** `GET /api/dashboard/{id}/share` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'admin' },
  async ({ tenant, pathParameters }) => {
    const shares = await listShares(dependencies, { tenant, id: pathParameters['id'] ?? '' });
    return { statusCode: 200, body: { success: true, shares } };
  },
);
