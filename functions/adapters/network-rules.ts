import { networkOf } from '../../models/learning/task.ts';
import { checkTask } from '../../models/learning/task-rows.ts';
import { parseTrainingOptions } from '../../models/networks/training-options.ts';
import type { NetworkRules } from '../core/model-ports.ts';
import { toAppError } from './network-errors.ts';

const attempt = (check: () => void): void => {
  try {
    check();
  } catch (error) {
    throw toAppError(error);
  }
};

/** The rules of `models/`, which need neither of the libraries that train. */
export const networkRules: NetworkRules = {
  check: (learns, config, training) =>
    attempt(() => {
      networkOf(learns, config);
      parseTrainingOptions(training);
    }),
  checkRows: (learns, { config, training, rows }) => attempt(() => checkTask(learns, { config, training, rows })),
};
