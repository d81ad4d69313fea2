import { shareDashboard } from '../core/dashboards/share-dashboard.ts';
import { dashboardDependencies } from '../dependencies/dashboards.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = dashboardDependencies();

/** `POST /api/dashboard/{id}/share` `{expiresInHours?}`: the one answer that holds the link. */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'admin', accepts: ['json'], bodyIsOptional: true },
  async ({ tenant, pathParameters, body }) => {
    const share = await shareDashboard(dependencies, { tenant, id: pathParameters['id'] ?? '', body });
    // Of the page that shows it, the part behind # is sent to no server and into no log.
    return { statusCode: 201, body: { success: true, ...share, url: `/shared#${share.token}` } };
  },
);
