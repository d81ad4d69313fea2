import { getSharedData } from '../core/dashboards/get-dashboard-data.ts';
import { dashboardDataDependencies } from '../dependencies/dashboards.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { openEndpoint } from '../middleware/http-endpoint.ts';

const limiter = rateLimiter();
const dependencies = { ...dashboardDataDependencies(), limiter };

/** `GET /api/shared/{token}/data?last&start&end&widgets`: whoever holds the token may see it. */
export const handler = openEndpoint({ logger: serviceLogger(), limiter }, async ({ pathParameters, query }) => {
  const data = await getSharedData(dependencies, { token: pathParameters['token'] ?? '', query });
  return { statusCode: 200, body: { success: true, ...data } };
});
