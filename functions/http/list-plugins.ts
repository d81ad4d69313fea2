import { listPlugins } from '../core/list-plugins.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { catalog, queueMonitor, serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = { catalog: catalog(), queues: queueMonitor() };

/** `GET /api/plugins` */
export const handler = httpEndpoint({ logger: serviceLogger(), limiter: rateLimiter(), scope: 'read' }, async () => ({
  statusCode: 200,
  body: await listPlugins(dependencies),
}));
