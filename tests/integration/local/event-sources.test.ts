import {
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  DEAD_QUEUE_URL,
  eventually,
  type FixtureRuntime,
  QUEUE_URL,
  readItem,
  startFixture,
} from './fixture-runtime.ts';

let runtime: FixtureRuntime;
beforeAll(async () => {
  runtime = await startFixture();
});
afterAll(() => runtime.end());

const send = (job: object) =>
  runtime.sqs.send(new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody: JSON.stringify(job) }));

const deliveriesOf = (id: string) => runtime.awaitItem(`deliveries#${id}`, 'deliveries');
const resultOf = (id: string) => runtime.awaitItem(`result#${id}`, 'pk');

const waitingIn = async (QueueUrl: string): Promise<number> => {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const request = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
  const { Attributes = {} } = await runtime.sqs.send(request);
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
};

test('of a batch, only what failed is delivered again', async () => {
  // Prepare
  const jobs = Array.from({ length: 10 }, (_, n) => ({ id: `batch-${n}`, outcome: n === 4 ? 'second-time' : 'ok' }));
  const Entries = jobs.map((job) => ({ Id: job.id, MessageBody: JSON.stringify(job) }));

  // Act
  await runtime.sqs.send(new SendMessageBatchCommand({ QueueUrl: QUEUE_URL, Entries }));
  await Promise.all(jobs.map(({ id }) => resultOf(id)));

  // Assess
  const deliveries = await Promise.all(jobs.map(({ id }) => deliveriesOf(id)));
  expect(deliveries).toEqual(jobs.map(({ outcome }) => (outcome === 'ok' ? '1' : '2')));
  await eventually(async () => ((await waitingIn(QUEUE_URL)) === 0 ? true : undefined));
});

test('a visibility timeout of 0 returns a message at once, and does not lose it', async () => {
  await send({ id: 'again', outcome: 'again' });

  await resultOf('again');

  expect(await deliveriesOf('again')).toBe('2');
});

test('what keeps failing ends in the dead-letter queue, and can be moved back from there', async () => {
  const deadArn = 'arn:aws:sqs:us-east-1:000000000000:fixture-jobs-dead';

  await send({ id: 'hopeless', outcome: 'fail' });
  await eventually(async () => ((await waitingIn(DEAD_QUEUE_URL)) === 1 ? true : undefined));
  const deliveriesBefore = await deliveriesOf('hopeless');
  await runtime.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: deadArn }));
  const again = await eventually(async () =>
    (await deliveriesOf('hopeless')) === '4' && (await waitingIn(DEAD_QUEUE_URL)) === 1 ? 'twice more' : undefined,
  );
  const { Results = [] } = await runtime.sqs.send(new ListMessageMoveTasksCommand({ SourceArn: deadArn }));
  const sources = await runtime.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: DEAD_QUEUE_URL }));

  expect(deliveriesBefore).toBe('2');
  expect(again).toBe('twice more');
  expect(Results).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 }]);
  expect(sources.queueUrls).toEqual([QUEUE_URL]);
});

test('moving from a queue that is no dead-letter queue is refused with a reason', async () => {
  const task = new StartMessageMoveTaskCommand({ SourceArn: 'arn:aws:sqs:us-east-1:000000000000:fixture-jobs' });

  await expect(runtime.sqs.send(task)).rejects.toThrow(/must be configured as a Dead Letter Queue/);
});

test('a batch of messages that are too large for one invocation goes in several', async () => {
  const jobs = Array.from({ length: 10 }, (_, n) => ({ id: `large-${n}`, outcome: 'ok', filler: 'x'.repeat(900_000) }));

  for (const job of jobs) await send(job);
  await Promise.all(jobs.map(({ id }) => resultOf(id)));

  expect(await Promise.all(jobs.map(({ id }) => deliveriesOf(id)))).toEqual(jobs.map(() => '1'));
  expect(await readItem(runtime.dynamodb, 'result#none')).toBeUndefined();
});
