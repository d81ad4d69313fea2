import { queryAnalyses } from '../core/query-analyses.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { resultDependencies, serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = resultDependencies();

/** `POST /api/analytics/query` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read', accepts: ['json'] },
  async ({ tenant, body }) => {
    const page = await queryAnalyses(dependencies, { tenant, body });
    return { statusCode: 200, body: { success: true, ...page } };
  },
);
