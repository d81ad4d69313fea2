import { getResult } from '../core/get-result.ts';
import { cachedResultDependencies, guardedRedis, rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const redis = guardedRedis();
const dependencies = cachedResultDependencies(redis);

/** `GET /api/analytics/result/{analysisId}` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(redis), scope: 'read' },
  async ({ tenant, pathParameters }) => {
    const analysis = await getResult(dependencies, { tenant, analysisId: pathParameters['analysisId'] ?? '' });
    return { statusCode: 200, body: { success: true, ...analysis } };
  },
);
