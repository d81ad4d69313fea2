import * as z from 'zod';
import type { ModelAnswer, ServedBy } from '../../../plugins/contract.ts';
import { AppError } from '../errors.ts';
import type { ModelRegistry } from '../model-ports.ts';
import { parseOrThrow } from '../validation.ts';
import { type ModelKey, requireModel } from './model.ts';
import type { WarmModels } from './warm-models.ts';

const MOST_ROWS = 10_000;
const rowsError = `must be a list of 1 to ${MOST_ROWS} objects, one a row`;
const requestSchema = z.strictObject({
  rows: z
    .array(z.looseObject({}, { error: 'must be an object, one row' }), { error: rowsError })
    .min(1, rowsError)
    .max(MOST_ROWS, rowsError),
});

/** @throws {AppError} `request.invalid`, `model.not_found`, `model.no_champion`, `model.invalid_rows` or `model.unusable` */
export const predictWithModel = async (
  { registry, models }: { readonly registry: ModelRegistry; readonly models: WarmModels },
  { tenant, model, body }: ModelKey & { readonly body: unknown },
): Promise<ModelAnswer & ServedBy> => {
  const { rows } = parseOrThrow(requestSchema, body, { what: 'The request' });
  const key = { tenant, model };
  const answer = await models.predict(key, rows);
  if (answer !== undefined) return answer;
  await requireModel(registry, key);
  const { champion } = await registry.championship(key);
  if (champion === undefined) {
    throw new AppError('model.no_champion', `No version of the model "${model}" serves yet`, {
      details: [{ field: 'model', message: 'train it: the first version that is trained serves' }],
    });
  }
  throw new AppError(
    'model.unusable',
    `Version ${champion} of the model "${model}" cannot be loaded, and none before it`,
  );
};
