import { listDataSources } from '../core/dashboards/data-source.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { catalog, serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const sources = listDataSources(catalog().list());

/** `GET /api/metrics-catalog`: what widgets can show. */
export const handler = httpEndpoint({ logger: serviceLogger(), limiter: rateLimiter(), scope: 'read' }, async () => ({
  statusCode: 200,
  body: { success: true, sources },
}));
