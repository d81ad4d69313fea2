import { reportHealth } from '../core/report-health.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { healthDependencies, serviceLogger } from '../dependencies.ts';
import { openEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = healthDependencies();

/** `GET /api/analytics/health`: the components for anybody, the tenant's totals for whoever may read them. */
export const handler = openEndpoint({ logger: serviceLogger(), limiter: rateLimiter() }, async ({ tenant }) => ({
  statusCode: 200,
  body: await reportHealth(dependencies, { tenant }),
}));
