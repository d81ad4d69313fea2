import { expect } from 'vitest';
import type { DataRow } from '../../functions/core/training/training-data.ts';
import { createRandom, nextNormal } from '../../models/statistics/random.ts';
import type { Json, Service } from './service.ts';

/** Whether a customer leaves, from visits and tickets, with noise. */
export const customers = (count: number, seed = 1): DataRow[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const [visits, tickets] = [nextNormal(random), nextNormal(random)];
    return { visits, tickets, left: tickets - visits + 0.5 * nextNormal(random) > 0 ? 'yes' : 'no' };
  });
};

const SMALL = {
  type: 'tensorflow',
  layers: [
    { type: 'dense', units: 8, activation: 'tanh', inputShape: [2] },
    { type: 'dense', units: 1, activation: 'sigmoid' },
  ],
  optimizer: { name: 'adam', learningRate: 0.02 },
  loss: 'binaryCrossentropy',
};

export const churnModel = (name: string, overrides: object = {}): object => ({
  name,
  learns: { kind: 'classification', features: ['visits', 'tickets'], target: 'left' },
  config: SMALL,
  training: { epochs: 6 },
  ...overrides,
});

type Caller = Pick<Service, 'post' | 'get'>;

export const startTraining = async (service: Caller, model: string, body: object): Promise<Json> => {
  const { status, body: answer } = await service.post(`/api/models/${model}/train`, body);
  expect(status, JSON.stringify(answer)).toBe(202);
  return answer.training;
};

/** Waits for a training to end. */
export const awaitTraining = async (
  service: Caller,
  { model, trainingId }: Json,
  until = (training: Json): boolean => !['queued', 'running', 'cancelling'].includes(training.status),
): Promise<Json> => {
  for (;;) {
    const { body } = await service.get(`/api/models/${model}/trainings/${trainingId}`);
    if (until(body.training)) return body.training;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

export const train = async (service: Caller, model: string, body: object): Promise<Json> =>
  awaitTraining(service, await startTraining(service, model, body));
