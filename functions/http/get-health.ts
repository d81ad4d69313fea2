import { reportHealth } from '../core/report-health.ts';
import { healthDependencies, serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = healthDependencies();

/** `GET /api/analytics/health` */
export const handler = httpEndpoint({ logger: serviceLogger() }, async ({ tenant }) => ({
  statusCode: 200,
  body: await reportHealth(dependencies, { tenant }),
}));
