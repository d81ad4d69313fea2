import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createMemoryQueues } from '../../functions/adapters/memory/memory-queues.ts';
import { createSqsDeadLetterQueue } from '../../functions/adapters/sqs-dead-letter-queue.ts';
import { createSqsJobQueue } from '../../functions/adapters/sqs-job-queue.ts';
import { createSqsPushQueue } from '../../functions/adapters/sqs-push-queue.ts';
import { createSqsQueueMonitor } from '../../functions/adapters/sqs-queue-monitor.ts';
import type { Job } from '../../functions/core/analysis.ts';
import { startLocalStores } from '../support/local-stores.ts';

let stores: Awaited<ReturnType<typeof startLocalStores>>;
beforeAll(async () => {
  stores = await startLocalStores(inject('assemblyDir'));
});
afterAll(() => stores.stop());

const drain = async (url: string): Promise<string[]> => {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await stores.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
};

/** Each queue with a way to see everything it was sent. */
const implementations = {
  memory: () => {
    const { jobQueue, deadLetterQueue, pushQueue, jobs, deadLetters, pushes } = createMemoryQueues();
    return {
      jobQueue,
      deadLetterQueue,
      pushQueue,
      jobs: async () => jobs,
      deadLetters: async () => deadLetters.map(({ job }) => job),
      pushes: async () => pushes,
    };
  },
  sqs: () => {
    const urlPrefix = stores.jobQueueUrlPrefix;
    const client = stores.sqs;
    const parsed = async (url: string) => (await drain(url)).map((body) => JSON.parse(body));
    return {
      jobQueue: createSqsJobQueue({ client, urlPrefix }),
      deadLetterQueue: createSqsDeadLetterQueue({ client, url: `${urlPrefix}echo-dead` }),
      pushQueue: createSqsPushQueue({ client, url: `${urlPrefix}my-plugin` }),
      jobs: () => parsed(`${urlPrefix}echo`),
      deadLetters: () => parsed(`${urlPrefix}echo-dead`),
      pushes: () => parsed(`${urlPrefix}my-plugin`),
    };
  },
};

const jobOf = (analysisId: string, bytes = 10): Job => ({
  tenant: 't',
  analysisId,
  type: 'echo',
  submittedAt: '2026-01-01T00:00:00.000Z',
  data: { inline: { text: 'x'.repeat(bytes) } },
});

/** Every kind of character that a client may send and SQS does not take as it is. */
const AWKWARD = '\u0000\u001f\ud800 \udc00\ufffe\uffff💥';

describe.each(['memory', 'sqs'] as const)('the queues (%s)', (name) => {
  test('carry any text, also as the reason of a dead letter', async () => {
    const { jobQueue, jobs, deadLetterQueue, deadLetters } = implementations[name]();
    const job = { ...jobOf('awkward'), data: { inline: { text: AWKWARD } } };

    await jobQueue.send(job);
    await jobQueue.sendMany([job]);
    await deadLetterQueue.send(job, { code: 'plugin.error', message: AWKWARD.padEnd(5_000, '💥') });

    expect(await jobs()).toEqual([job, job]);
    expect(await deadLetters()).toEqual([job]);
  });

  test('carry each job whole: one, and many of up to the largest size at once', async () => {
    const { jobQueue, jobs } = implementations[name]();
    const many = Array.from({ length: 23 }, (_, n) => jobOf(`many-${n}`, n % 5 === 0 ? 250_000 : 10));

    await jobQueue.send(jobOf('one'));
    const refused = await jobQueue.sendMany(many);

    const byId = (a: Job, b: Job) => (a.analysisId < b.analysisId ? -1 : 1);
    expect(refused).toEqual([]);
    expect([...(await jobs())].sort(byId)).toEqual([jobOf('one'), ...many].sort(byId));
  });

  test('carry a dead letter as the job it was, so that it can be replayed', async () => {
    const { deadLetterQueue, deadLetters } = implementations[name]();

    await deadLetterQueue.send(jobOf('dead'), { code: 'plugin.error', message: 'Grüße ☠' });

    expect(await deadLetters()).toEqual([jobOf('dead')]);
  });

  test('carry pushes', async () => {
    const { pushQueue, pushes } = implementations[name]();
    const event = {
      event: 'e',
      eventId: '1',
      stream: 's',
      occurredAt: '2026-01-01T00:00:00.000Z',
      fields: {},
      data: {},
    };

    await pushQueue.send({ tenant: 't', events: [event] });

    expect(await pushes()).toEqual([{ tenant: 't', events: [event] }]);
  });
});

test('the depth of a plugin’s queues is what waits, what is being worked on and what is dead', async () => {
  const urlPrefix = stores.jobQueueUrlPrefix;
  const queue = createSqsJobQueue({ client: stores.sqs, urlPrefix });
  await queue.sendMany([1, 2, 3].map((n) => ({ ...jobOf(`depth-${n}`), type: 'rubbish' })));
  await stores.sqs.send(new ReceiveMessageCommand({ QueueUrl: `${urlPrefix}rubbish`, MaxNumberOfMessages: 1 }));

  const depth = await createSqsQueueMonitor({ client: stores.sqs, urlPrefix }).depth('rubbish');

  expect(depth).toEqual({ waiting: 2, inFlight: 1, deadLettered: 0 });
});

test('jobs for a queue that does not exist are handed back', async () => {
  const queue = createSqsJobQueue({ client: stores.sqs, urlPrefix: stores.jobQueueUrlPrefix });
  const lost = { ...jobOf('lost'), type: 'nowhere' };

  expect(await queue.sendMany([lost, jobOf('kept')])).toEqual([lost]);
});
