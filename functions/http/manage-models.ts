import { handler as cancelTraining } from '../endpoints/cancel-training.ts';
import { handler as compareVersions } from '../endpoints/compare-versions.ts';
import { handler as createModel } from '../endpoints/create-model.ts';
import { handler as getModel } from '../endpoints/get-model.ts';
import { handler as getTraining } from '../endpoints/get-training.ts';
import { handler as listModels } from '../endpoints/list-models.ts';
import { handler as offerUpload } from '../endpoints/offer-upload.ts';
import { handler as promoteModel } from '../endpoints/promote-model.ts';
import { handler as rollBackModel } from '../endpoints/roll-back-model.ts';
import { byRoute } from '../middleware/by-route.ts';

/** What is asked of models, but for their trainings and predictions, which need more of a function. */
export const handler = byRoute({
  'POST /api/models': createModel,
  'GET /api/models': listModels,
  'GET /api/models/{model}': getModel,
  'POST /api/models/{model}/uploads': offerUpload,
  'GET /api/models/{model}/trainings/{trainingId}': getTraining,
  'POST /api/models/{model}/trainings/{trainingId}/cancel': cancelTraining,
  'POST /api/models/{model}/promote': promoteModel,
  'POST /api/models/{model}/rollback': rollBackModel,
  'POST /api/models/{model}/compare': compareVersions,
});
