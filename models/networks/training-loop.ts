import * as z from 'zod';
import {
  type Artifact,
  decodeArtifact,
  encodeArtifact,
  type NamedWeights,
  prefixed,
  weightsUnder,
} from './artifact.ts';

/** A network while it learns; the losses are of scaled targets. */
export interface TrainableNetwork {
  readonly library: string;
  /** Goes once through the training rows; gives the mean loss. `epoch` counts from 0 and seeds what is random. */
  readonly trainEpoch: (epoch: number, signal?: AbortSignal) => Promise<number>;
  /** Loss of the validation rows, or undefined without any. */
  readonly validationLoss: () => Promise<number | undefined>;
  readonly weights: () => Promise<NamedWeights[]>;
  readonly setWeights: (weights: readonly NamedWeights[]) => void;
  /** What the optimizer remembers from step to step. */
  readonly optimizerState: () => Promise<NamedWeights[]>;
  readonly setOptimizerState: (state: readonly NamedWeights[]) => Promise<void>;
}

export interface EpochProgress {
  /** Counts from 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  /** null without validation rows */
  readonly validationLoss: number | null;
}

export interface TrainingHooks {
  /**
   * After each epoch; training waits for it. `checkpoint` gives the bytes from which `resumeFrom` goes on, as if nothing
   * had been between.
   */
  readonly onEpoch?: (progress: EpochProgress, checkpoint: () => Promise<Uint8Array>) => void | Promise<void>;
  /** Ends training with the signal's reason as error; what the last checkpoint holds is not lost. */
  readonly signal?: AbortSignal;
  readonly resumeFrom?: Uint8Array;
}

interface LoopOptions {
  readonly epochs: number;
  readonly patience: number;
  /** Training ends when its loss falls below. */
  readonly lossThreshold: number;
  /** A checkpoint of other work is not gone on with. */
  readonly fingerprint: string;
}

export interface TrainingOutcome {
  readonly history: readonly EpochProgress[];
  /** Epoch, from 1, whose weights were kept. */
  readonly bestEpoch: number;
  readonly stopped: 'epochs' | 'patience' | 'threshold';
}

const CHECKPOINT = 'training-checkpoint';

const progressSchema = z.object({
  epoch: z.int(),
  epochs: z.int(),
  loss: z.number(),
  validationLoss: z.number().nullable(),
});

const detailsSchema = z.object({
  fingerprint: z.string(),
  bestEpoch: z.int(),
  bestLoss: z.number(),
  history: z.array(progressSchema),
});

/** A training that went astray: its loss is no number any more. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

interface LoopState {
  history: EpochProgress[];
  best: { readonly epoch: number; readonly loss: number; readonly weights: readonly NamedWeights[] };
}

const checkpointOf = async (
  network: TrainableNetwork,
  { history, best }: LoopState,
  fingerprint: string,
): Promise<Artifact> => ({
  kind: CHECKPOINT,
  library: network.library,
  details: { fingerprint, bestEpoch: best.epoch, bestLoss: best.loss, history },
  weights: [
    ...prefixed('current', await network.weights()),
    ...prefixed('best', best.weights),
    ...prefixed('optimizer', await network.optimizerState()),
  ],
});

const startOrResume = async (
  network: TrainableNetwork,
  fingerprint: string,
  checkpoint: Uint8Array | undefined,
): Promise<LoopState> => {
  if (checkpoint === undefined) return { history: [], best: { epoch: 0, loss: Number.POSITIVE_INFINITY, weights: [] } };
  const { details, weights } = decodeArtifact(checkpoint, CHECKPOINT);
  const { bestEpoch, bestLoss, history, fingerprint: of } = detailsSchema.parse(details);
  if (of !== fingerprint) throw new Error('the checkpoint is of another configuration, other options or other data');
  network.setWeights(weightsUnder('current', weights));
  await network.setOptimizerState(weightsUnder('optimizer', weights));
  return { history, best: { epoch: bestEpoch, loss: bestLoss, weights: weightsUnder('best', weights) } };
};

const reasonToStop = ({ history, best }: LoopState, options: LoopOptions): TrainingOutcome['stopped'] | undefined => {
  const last = history.at(-1);
  if (last === undefined) return undefined;
  if (last.loss < options.lossThreshold) return 'threshold';
  if (last.epoch >= options.epochs) return 'epochs';
  return last.validationLoss !== null && last.epoch - best.epoch >= options.patience ? 'patience' : undefined;
};

const trainOnce = async (
  network: TrainableNetwork,
  state: LoopState,
  { epochs }: LoopOptions,
  signal: AbortSignal | undefined,
): Promise<EpochProgress> => {
  const epoch = state.history.length + 1;
  const loss = await network.trainEpoch(epoch - 1, signal);
  const validationLoss = (await network.validationLoss()) ?? null;
  if (!Number.isFinite(loss) || (validationLoss !== null && !Number.isFinite(validationLoss)))
    throw new DivergedError(`the loss of epoch ${epoch} is no finite number; try a smaller learning rate`);
  // Without validation rows, the last epoch is the best.
  const judged = validationLoss ?? Number.NEGATIVE_INFINITY;
  if (validationLoss === null || judged < state.best.loss)
    state.best = { epoch, loss: validationLoss ?? loss, weights: await network.weights() };
  const progress = { epoch, epochs, loss, validationLoss };
  state.history.push(progress);
  return progress;
};

/**
 * Trains until the epochs are over, the validation loss has not become better for a while (L. Prechelt, "Early stopping
 * – but when?", 1998) or the loss is small enough, and puts back the weights of the best epoch.
 *
 * @throws DivergedError when the loss is no finite number; the signal's reason when it is aborted
 */
export const trainNetwork = async (
  network: TrainableNetwork,
  options: LoopOptions,
  { onEpoch, signal, resumeFrom }: TrainingHooks = {},
): Promise<TrainingOutcome> => {
  const state = await startOrResume(network, options.fingerprint, resumeFrom);
  let stopped = reasonToStop(state, options);
  while (stopped === undefined) {
    signal?.throwIfAborted();
    const progress = await trainOnce(network, state, options, signal);
    await onEpoch?.(progress, async () => encodeArtifact(await checkpointOf(network, state, options.fingerprint)));
    stopped = reasonToStop(state, options);
  }
  network.setWeights(state.best.weights);
  return { history: state.history, bestEpoch: state.best.epoch, stopped };
};
