import { MODELS_STREAM, type PushMessage } from '../push-event.ts';
import type { Training, TrainingProgress } from '../training/training.ts';
import type { ModelKey } from './model.ts';
import type { Championship } from './version.ts';

interface ModelEvent {
  readonly event: string;
  readonly eventId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One event on the stream `models`; it can be filtered by `model`, `event` and `trainingId`. */
const toMessage = ({ tenant, model }: ModelKey, { event, eventId, at, data }: ModelEvent): PushMessage => {
  const { trainingId } = data;
  const fields = { event, model, ...(typeof trainingId === 'string' ? { trainingId } : {}) };
  return {
    tenant,
    events: [{ event, eventId, stream: MODELS_STREAM, occurredAt: at, fields, data: { model, ...data } }],
  };
};

export const progressMessage = (
  { trainingId, version, ...key }: Training,
  { epoch, epochs, loss, validationLoss }: TrainingProgress,
  at: string,
): PushMessage =>
  toMessage(key, {
    event: 'model:progress',
    eventId: `${trainingId}:progress:${epoch}`,
    at,
    data: { trainingId, version, epoch, epochs, loss, valLoss: validationLoss },
  });

/** How a training ended: `model:trained`, `model:failed` or `model:cancelled`. */
export const endedMessage = (training: Training): PushMessage => {
  const { trainingId, version, status, endedAt = training.requestedAt, failure, outcome } = training;
  const event = status === 'completed' ? 'model:trained' : status === 'cancelled' ? 'model:cancelled' : 'model:failed';
  const told = { ...(outcome === undefined ? {} : outcome), ...(failure === undefined ? {} : { error: failure }) };
  return toMessage(training, {
    event,
    eventId: `${trainingId}:${status}`,
    at: endedAt,
    data: { trainingId, version, status, ...told },
  });
};

export const promotedMessage = (
  key: ModelKey,
  {
    before,
    after,
    reason,
    at,
  }: { before: Championship; after: Championship; reason: 'promotion' | 'rollback'; at: string },
): PushMessage =>
  toMessage(key, {
    event: 'model:promoted',
    eventId: `${key.model}:champion:${after.revision}`,
    at,
    data: { champion: after.champion, former: before.champion ?? null, reason },
  });
