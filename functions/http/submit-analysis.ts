import { submitAnalysis } from '../core/submit-analysis.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger, submissionDependencies } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = submissionDependencies();

/** `POST /api/analytics/submit` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'submit', accepts: ['json'] },
  async ({ tenant, body, header }) => {
    const idempotencyKey = header('idempotency-key');
    const { analysisId, replayed } = await submitAnalysis(dependencies, { tenant, body, idempotencyKey });
    return {
      statusCode: 202,
      headers: {
        location: `/api/analytics/result/${analysisId}`,
        ...(replayed ? { 'idempotent-replayed': 'true' } : {}),
      },
      body: { success: true, analysisId, status: 'queued' },
    };
  },
);
