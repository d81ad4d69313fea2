import { offerUpload } from '../core/training/offer-upload.ts';
import { rateLimiter } from '../dependencies/limits.ts';
import { uploadDependencies } from '../dependencies/models.ts';
import { serviceLogger } from '../dependencies.ts';
import { httpEndpoint } from '../middleware/http-endpoint.ts';

const dependencies = uploadDependencies();

/** `POST /api/models/{model}/uploads` `{format}`: a URL to put a file of rows to */
export const handler = httpEndpoint(
  { logger: serviceLogger(), limiter: rateLimiter(), scope: 'submit', accepts: ['json'] },
  async ({ tenant, pathParameters, body }) => {
    const upload = await offerUpload(dependencies, { tenant, model: pathParameters['model'] ?? '', body });
    return { statusCode: 201, body: { success: true, ...upload } };
  },
);
