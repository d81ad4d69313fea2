import { featureStability, judgeLive, profileFeatures } from '../../models/learning/live-rows.ts';
import { trainTask } from '../../models/learning/train-task.ts';
import { parseTrainingOptions } from '../../models/networks/training-options.ts';
import type { NetworkReviewer, NetworkTrainer } from '../core/model-ports.ts';
import { toAppError } from './network-errors.ts';

/** Trains with TensorFlow.js and brain.js: whatever imports this brings both. */
export const networkTrainer: NetworkTrainer = {
  async train(learns, work, { onEpoch, signal, resumeFrom }) {
    const hooks = { onEpoch, signal, ...(resumeFrom === undefined ? {} : { resumeFrom }) };
    try {
      const learned = await trainTask(learns, work, hooks);
      const { history, backend, ...kept } = learned;
      const { seed } = parseTrainingOptions(work.training);
      const profiles = profileFeatures(learns, work.rows);
      return { ...kept, epochs: history.length, engine: backend, seed, profiles };
    } catch (error) {
      throw toAppError(error);
    }
  },
};

/** Runs networks on rows that came after they were trained. */
export const networkReviewer: NetworkReviewer = { stability: featureStability, judge: judgeLive };
