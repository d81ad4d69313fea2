import { loadTaskPredictor } from '../../models/learning/task-predictor.ts';
import type { NetworkLoader } from '../core/model-ports.ts';
import { toRowsError } from './network-errors.ts';

/** Runs networks of TensorFlow.js and brain.js: whatever imports this brings both. */
export const networkLoader: NetworkLoader = {
  async load({ learns, ...network }) {
    const { predict, dispose } = await loadTaskPredictor(learns, network);
    return {
      dispose,
      predict: async (rows) => {
        try {
          return await predict(rows);
        } catch (error) {
          throw toRowsError(error);
        }
      },
    };
  },
};
