import { NetworkConfigError } from '../../models/networks/config/problems.ts';
import { TrainingDataError } from '../../models/networks/data-quality.ts';
import { DivergedError } from '../../models/networks/training-loop.ts';
import { AppError, type ErrorCode, type ErrorDetail } from '../core/errors.ts';

/** `layers[1].units: must be …` → the place and what was expected there. */
const toDetail = (problem: string, root: string): ErrorDetail => {
  const [, place = '', message = problem] = /^([^\s:]+): (.*)$/s.exec(problem) ?? [];
  if (place === '') return { field: root, message };
  return { field: /^(training|data)\b/.test(place) ? place : `${root}.${place}`, message };
};

const refusal = (code: ErrorCode, what: string, problems: readonly string[], root: string, cause: Error): AppError =>
  new AppError(code, `${what}: ${problems.slice(0, 3).join('; ')}`, {
    details: problems.map((problem) => toDetail(problem, root)),
    cause,
  });

/** What networks refuse, as errors that a client can act on; anything else is given back as it is. */
export const toAppError = (error: unknown): unknown => {
  if (error instanceof NetworkConfigError)
    return refusal('model.invalid_config', 'The network cannot be built', error.problems, 'config', error);
  if (error instanceof TrainingDataError)
    return refusal('training.bad_data', 'Nothing can be learned from these rows', error.problems, 'data', error);
  if (error instanceof DivergedError) return new AppError('training.diverged', error.message, { cause: error });
  return error;
};

/** The same of rows that shall be predicted. */
export const toRowsError = (error: unknown): unknown =>
  error instanceof TrainingDataError
    ? refusal('model.invalid_rows', 'The rows do not fit the model', error.problems, 'rows', error)
    : error;
