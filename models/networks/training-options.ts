import * as z from 'zod';
import { NetworkConfigError, parsePart } from './config/problems.ts';

const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

const shareError = 'must be a share from 0.05 to 0.5';

const schema = z.strictObject({
  /** Times that the training rows are gone through at most; by default brain.js's `iterations`, or 50. */
  epochs: whole(1, 20_000).optional(),
  /** Rows of one step of gradient descent; brain.js takes one at a time. */
  batchSize: whole(1, 4_096).default(32),
  seed: whole(0, 2 ** 31 - 1).default(1),
  validation: z
    .strictObject({
      /** `time`: the last rows; `random`: any; `stratified`: any, with each class in equal shares. */
      split: z
        .enum(['time', 'random', 'stratified', 'none'], { error: 'must be one of time, random, stratified, none' })
        .default('time'),
      share: z
        .number({ error: shareError })
        .min(0.05, { error: shareError })
        .max(0.5, { error: shareError })
        .default(0.2),
    })
    .default({ split: 'time', share: 0.2 }),
  /** A column that by itself all but tells the target is refused, unless it is known when predictions are made. */
  leakage: z.enum(['refuse', 'allow'], { error: 'must be refuse or allow' }).default('refuse'),
  /** Epochs without a better validation loss after which training ends. */
  patience: whole(1, 1_000).default(10),
});

export type TrainingOptions = z.infer<typeof schema>;

/**
 * Options of a training with their defaults.
 *
 * @throws NetworkConfigError that names the option and what was expected
 */
export const parseTrainingOptions = (value: unknown): TrainingOptions => {
  const parsed = parsePart(schema, value, 'training');
  if ('problems' in parsed) throw new NetworkConfigError(parsed.problems);
  return parsed.part;
};
