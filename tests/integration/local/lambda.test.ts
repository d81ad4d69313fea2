import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, type FixtureRuntime, sleep, startFixture } from './fixture-runtime.ts';

let runtime: FixtureRuntime;
beforeAll(async () => {
  process.env['HOST_SECRET'] = 'of this machine';
  runtime = await startFixture();
});
afterAll(() => runtime.end());

type Answer = { readonly [name: string]: unknown };

const invoke = async (mode: string, more: object = {}, path = '/mode'): Promise<readonly [number, Answer]> => {
  const response = await fetch(runtime.httpUrl + path, { method: 'POST', body: JSON.stringify({ mode, ...more }) });
  return [response.status, (await response.json()) as Answer];
};

const FAILED = [500, { message: 'Internal Server Error' }] as const;

// The function's time limit is one second; the first of these also shows that a hung event ends at all.
test.each(['throw', 'hang', 'spin', 'heap', 'reject', 'exit', 'large'])(
  'an event that ends in "%s" fails, and the next one is handled',
  async (mode) => {
    const failed = await invoke(mode);
    const next = await invoke('bare');

    expect(failed).toEqual(FAILED);
    expect(next).toEqual([200, { answer: 42 }]);
  },
);

test('events beside one that takes its thread down are not hurt', async () => {
  const [, ...others] = await Promise.all([invoke('heap'), ...Array.from({ length: 10 }, () => invoke('bare'))]);

  expect(others.every(([status]) => status === 200)).toBe(true);
});

test('a function that times out takes the threads it started with it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'beats-'));
  const file = join(folder, 'beats');
  const beats = () => readFileSync(file, 'utf8').length;

  const answer = await invoke('nested', { file });

  expect(answer).toEqual(FAILED);
  expect(beats()).toBeGreaterThan(0);
  // A thread that lived on would beat on, and this would never end.
  await eventually(async () => {
    const before = beats();
    await sleep(100);
    return beats() === before || undefined;
  });
  rmSync(folder, { recursive: true });
});

test('a function sees Lambda’s environment and its own, and nothing of the host’s', async () => {
  const [, environment] = await invoke('environment');

  expect(environment).toMatchObject({
    STAGE: 'test',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'fixture-ApiFunction',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_ENDPOINT_URL_SQS: runtime.endpoints.sqs,
    JOBS_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/fixture-jobs',
  });
  expect(environment).not.toHaveProperty('HOST_SECRET');
});

test('the context names the function and counts down its time', async () => {
  const [, context] = await invoke('context');

  expect(context).toMatchObject({
    functionName: 'fixture-ApiFunction',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fixture-ApiFunction',
    memoryLimitInMB: '128',
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(context['remaining']).toBeGreaterThan(0);
  expect(context['remaining']).toBeLessThanOrEqual(1000);
});

test('reserved concurrency keeps events of a function apart', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => invoke('wait', { ms: 50 }, '/slow')));

  const times = answers.map(([, { startedAt, endedAt }]) => [Number(startedAt), Number(endedAt)] as const);
  const [first, second, third] = times.sort(([a], [b]) => a - b);
  expect(second?.[0]).toBeGreaterThanOrEqual(first?.[1] ?? Number.NaN);
  expect(third?.[0]).toBeGreaterThanOrEqual(second?.[1] ?? Number.NaN);
});
