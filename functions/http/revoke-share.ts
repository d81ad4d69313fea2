import { revokeShare } from '../core/dashboards/share-dashboard.ts';
import { dashboardDependencies } from '../dependencies/dashboards.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = dashboardDependencies();

/** `DELETE /api/dashboard/{id}/share/{shareId}` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'admin' },
  async ({ tenant, pathParameters }) => {
    const { id = '', shareId = '' } = pathParameters;
    await revokeShare(dependencies, { tenant, id, shareId });
    return { statusCode: 200, body: { success: true } };
  },
);
