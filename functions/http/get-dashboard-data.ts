import { getDashboardData } from '../core/dashboards/get-dashboard-data.ts';
import { dashboardDataDependencies } from '../dependencies/dashboards.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = dashboardDataDependencies();

/** `GET /api/dashboard/{id}/data?last&start&end&widgets` */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'read' },
  async ({ tenant, pathParameters, query }) => {
    const data = await getDashboardData(dependencies, { tenant, id: pathParameters['id'] ?? '', query });
    return { statusCode: 200, body: { success: true, ...data } };
  },
);
