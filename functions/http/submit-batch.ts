import { submitBatch } from '../core/submit-batch.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger, submissionDependencies } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = submissionDependencies();

/** `POST /api/analytics/batch`, JSON `{submissions: […]}` or NDJSON; answers each submission by its index. */
export const handler = httpEndpoint(
  {
    logger: serviceLogger(),
    limiter: rateLimiter(),
    scope: 'submit',
    routeClass: 'batch',
    accepts: ['json', 'ndjson'],
  },
  async ({ tenant, body, header }) => {
    const results = await submitBatch(dependencies, { tenant, body, idempotencyKey: header('idempotency-key') });
    const accepted = results.filter(({ success }) => success).length;
    return {
      // 207 tells a client that looks at the status alone that there is more to read.
      statusCode: accepted === results.length ? 202 : 207,
      body: { success: accepted === results.length, accepted, rejected: results.length - accepted, results },
    };
  },
);
