import { openShare } from '../core/dashboards/share-dashboard.ts';
import { dashboardDependencies } from '../dependencies/dashboards.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { openEndpoint } from '../middleware/http-endpoint.ts';

const limiter = rateLimiter();
const dependencies = { ...dashboardDependencies(), limiter };

/** `GET /api/shared/{token}`: whoever holds the token may see it. */
export const handler = openEndpoint({ logger: serviceLogger(), limiter }, async ({ pathParameters }) => {
  const { dashboard, expiresAt } = await openShare(dependencies, pathParameters['token'] ?? '');
  return { statusCode: 200, body: { success: true, dashboard, expiresAt } };
});
