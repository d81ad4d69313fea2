import { reportMetrics } from '../core/report-health.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { queueMonitor, serviceLogger, usageDependencies } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = { ...usageDependencies(), queues: queueMonitor() };

/** `GET /api/analytics/metrics` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read' },
  async ({ tenant }) => ({
    statusCode: 200,
    body: await reportMetrics(dependencies, { tenant }),
  }),
);
