import { getResult } from '../core/get-result.ts';
import { resultDependencies, serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = resultDependencies();

/** `GET /api/analytics/result/{analysisId}` */
export const handler = httpEndpoint({ logger: serviceLogger(), scope: 'read' }, async ({ tenant, pathParameters }) => {
  const analysis = await getResult(dependencies, { tenant, analysisId: pathParameters['analysisId'] ?? '' });
  return { statusCode: 200, body: { success: true, ...analysis } };
});
