import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ClientOptions, KeyValueStorage } from '../../../sdk/api.ts';
import { AnalyticsError } from '../../../sdk/errors.ts';
import type { HttpOptions } from '../../../sdk/http.ts';
import { createSubmissionQueue } from '../../../sdk/submission-queue.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Sent {
  readonly type: string;
  readonly data: { readonly n: number };
  readonly idempotencyKey: string;
}

const linesOf = ({ body = '' }: HttpOptions): Sent[] => body.split('\n').map((line) => JSON.parse(line));

const offline = () => {
  throw new AnalyticsError('client.network', 'offline');
};
/** Takes what it is sent; the id of an analysis follows from the key, as with the service. */
const takeAll = (lines: readonly Sent[]): object[] =>
  lines.map(({ idempotencyKey }) => ({ success: true, analysisId: `id of ${idempotencyKey}` }));

type Service = (lines: readonly Sent[], options: HttpOptions) => object[];

const createWorld = (service: Service, options: Pick<ClientOptions, 'batch' | 'queue'> = {}) => {
  const world = { service, requests: [] as Sent[][], errors: [] as AnalyticsError[] };
  const http = async (_method: string, _path: string, request: HttpOptions = {}) => {
    const lines = linesOf(request);
    world.requests.push(lines);
    return { results: world.service(lines, request) };
  };
  const queue = createSubmissionQueue(options, http, (error) => world.errors.push(error));
  const submit = (n: number, idempotencyKey?: string) =>
    queue.submit({ type: 'echo', data: { n }, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
  return Object.assign(world, { queue, submit });
};

const createStorage = (): KeyValueStorage & { readonly values: Map<string, string> } => {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => values.set(key, value),
    removeItem: (key) => values.delete(key),
  };
};

test('what is submitted within the delay travels together, each with a key of its own', async () => {
  const { submit, requests } = createWorld(takeAll);

  const submitted = Promise.all([submit(1), submit(2), submit(3, 'mine')]);
  await vi.advanceTimersByTimeAsync(500);

  expect(requests.map((lines) => lines.map(({ data }) => data.n))).toEqual([[1, 2, 3]]);
  const keys = requests.flat().map(({ idempotencyKey }) => idempotencyKey);
  expect(new Set(keys).size).toBe(3);
  expect(keys[2]).toBe('mine');
  expect(await submitted).toEqual(keys.map((key) => ({ analysisId: `id of ${key}` })));
});

test('a full batch does not wait, and no request holds more', async () => {
  const { submit, requests } = createWorld(takeAll, { batch: { maxItems: 10, maxDelay: 60_000 } });

  for (let n = 0; n < 25; n += 1) submit(n);
  await vi.advanceTimersByTimeAsync(0);
  expect(requests.map(({ length }) => length)).toEqual([10, 10]);
  await vi.advanceTimersByTimeAsync(60_000);

  expect(requests.map(({ length }) => length)).toEqual([10, 10, 5]);
});

test('offline, everything waits and is sent again with the same keys; the app is told once', async () => {
  const world = createWorld(offline);
  const submitted = world.submit(1);
  await vi.advanceTimersByTimeAsync(120_000);
  const attempts = world.requests.length;

  world.service = takeAll;
  world.queue.wake();
  await submitted;

  expect(attempts).toBeGreaterThan(3);
  expect(attempts).toBeLessThan(40);
  expect(new Set(world.requests.flat().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  expect(world.errors).toMatchObject([{ code: 'client.network' }]);
});

test('the service is not asked again before it said', async () => {
  const world = createWorld(() => {
    throw new AnalyticsError('internal', 'Too many', { status: 429, retryAfter: 90_000 });
  });
  world.submit(1);
  await vi.advanceTimersByTimeAsync(500);
  expect(world.requests).toHaveLength(1);

  await vi.advanceTimersByTimeAsync(89_999);
  expect(world.requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(world.requests).toHaveLength(2);
});

test('a refused submission rejects with the reason and spoils no other', async () => {
  const error = { code: 'analysis.unknown_type', message: 'No plugin', details: [{ field: 'type', message: 'no' }] };
  const world = createWorld((lines) =>
    lines.map((line) => (line.data.n === 2 ? { success: false, error } : { analysisId: `${line.data.n}` })),
  );

  const results = Promise.allSettled([world.submit(1), world.submit(2), world.submit(3)]);
  await vi.advanceTimersByTimeAsync(500);

  expect(await results).toMatchObject([
    { status: 'fulfilled', value: { analysisId: '1' } },
    { status: 'rejected', reason: { code: 'analysis.unknown_type', details: error.details } },
    { status: 'fulfilled' },
  ]);
  expect(world.errors).toMatchObject([{ code: 'analysis.unknown_type' }]);
  expect(world.queue.pending()).toBe(0);
});

test('what the service could not queue goes again, alone', async () => {
  let first = true;
  const world = createWorld((lines) =>
    lines.map(({ data }) => {
      if (data.n === 1 || !first) return { analysisId: `${data.n}` };
      first = false;
      return { success: false, error: { code: 'submission.not_queued', message: 'Again', details: [] } };
    }),
  );

  const both = Promise.all([world.submit(1), world.submit(2)]);
  await vi.advanceTimersByTimeAsync(5_000);

  expect(await both).toEqual([{ analysisId: '1' }, { analysisId: '2' }]);
  expect(world.requests.map((lines) => lines.map(({ data }) => data.n))).toEqual([[1, 2], [2]]);
});

test('a request that is too large is split, and what alone is too large is refused', async () => {
  const world = createWorld((lines) => {
    if (lines.length > 2 || lines.some(({ data }) => data.n === 3)) {
      throw new AnalyticsError('request.too_large', 'Too large', { status: 413 });
    }
    return takeAll(lines);
  });

  const results = Promise.allSettled([1, 2, 3, 4, 5].map((n) => world.submit(n)));
  await vi.advanceTimersByTimeAsync(5_000);

  expect((await results).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
});

test('a full queue refuses the next and keeps what it has', async () => {
  const world = createWorld(offline, { queue: { maxItems: 2 } });
  const kept = [world.submit(1), world.submit(2)];

  await expect(world.submit(3)).rejects.toMatchObject({ code: 'client.queue_full' });
  world.service = takeAll;
  await vi.advanceTimersByTimeAsync(500);

  expect(await Promise.all(kept)).toHaveLength(2);
  const small = createWorld(offline, { queue: { maxCharacters: 30 } });
  await expect(small.submit(1)).rejects.toMatchObject({ code: 'client.queue_full' });
});

test('flush sends at once and says when that fails', async () => {
  const world = createWorld(offline);
  world.submit(1);

  await expect(world.queue.flush()).rejects.toMatchObject({ code: 'client.network' });
  world.service = takeAll;
  await world.queue.flush();

  expect(world.queue.pending()).toBe(0);
});

test('the same key waits once with the same data, and is refused with other data', async () => {
  const world = createWorld(takeAll);
  const both = Promise.all([world.submit(1, 'key'), world.submit(1, 'key')]);

  await expect(world.submit(2, 'key')).rejects.toMatchObject({ code: 'idempotency.conflict' });
  await vi.advanceTimersByTimeAsync(500);

  expect(await both).toEqual([{ analysisId: 'id of key' }, { analysisId: 'id of key' }]);
  expect(world.requests.flat()).toHaveLength(1);
});

test('data that changes after it was submitted is sent as it was, and data that is no JSON is refused', async () => {
  const world = createWorld(takeAll);
  const data = { n: 1 };
  world.queue.submit({ type: 'echo', data });
  data.n = 2;
  await vi.advanceTimersByTimeAsync(500);

  expect(world.requests.flat()[0]?.data).toEqual({ n: 1 });
  await expect(world.queue.submit({ type: 'echo', data: { n: 1n } })).rejects.toMatchObject({
    code: 'client.not_json',
  });
});

test('a stored queue is sent by the next client of its name, with the keys it had', async () => {
  const storage = createStorage();
  const options = { queue: { persistence: { storage, name: 'user' } } };
  const first = createWorld(offline, options);
  first.submit(1);
  first.submit(2);
  await vi.advanceTimersByTimeAsync(1_000);
  first.queue.close();

  const stranger = createWorld(takeAll, { queue: { persistence: { storage, name: 'another user' } } });
  await stranger.queue.flush();
  const second = createWorld(takeAll, options);
  await second.queue.flush();
  await vi.advanceTimersByTimeAsync(0);

  expect(stranger.requests).toEqual([]);
  expect(second.requests).toEqual([first.requests[0]]);
  expect([...storage.values]).toEqual([]);
});

test('tabs that share a storage lose nothing of each other, whichever of them ends', async () => {
  const storage = createStorage();
  const options = { queue: { persistence: { storage, name: 'user' } } };
  const tabs = [createWorld(offline, options), createWorld(offline, options)];
  for (const [index, tab] of tabs.entries()) tab.submit(index);
  await vi.advanceTimersByTimeAsync(0);
  const third = createWorld(offline, options);
  await vi.advanceTimersByTimeAsync(0);
  tabs[0]?.submit(10);
  await vi.advanceTimersByTimeAsync(0);
  for (const tab of [...tabs, third]) tab.queue.close();

  const next = createWorld(takeAll, options);
  await next.queue.flush();

  const sent = next.requests.flat().map(({ data }) => data.n);
  expect(sent.sort((a, b) => a - b)).toEqual([0, 1, 10]);
});

test('a storage that refuses leaves the queue in memory and says so', async () => {
  const storage = createStorage();
  const full = { ...storage, setItem: () => Promise.reject(new Error('QuotaExceededError')) };
  const world = createWorld(takeAll, { queue: { persistence: { storage: full, name: 'user' } } });

  const submitted = world.submit(1);
  await vi.advanceTimersByTimeAsync(500);

  expect(await submitted).toHaveProperty('analysisId');
  expect(world.errors[0]).toMatchObject({ code: 'client.storage', cause: new Error('QuotaExceededError') });
});

test('as the page ends, what fits goes in a request that outlives it, and is not lost when that fails', async () => {
  const options: HttpOptions[] = [];
  const world = createWorld((lines, request) => {
    options.push(request);
    return request.keepalive === true ? offline() : takeAll(lines);
  });
  const submitted = Array.from({ length: 300 }, (_, n) => world.submit(n + 1_000_000));

  world.queue.leave();
  await vi.advanceTimersByTimeAsync(0);
  const [last] = options.filter(({ keepalive }) => keepalive);

  expect(last?.body?.length).toBeGreaterThan(5_000);
  expect(last?.body?.length).toBeLessThan(20_100);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await Promise.all(submitted)).toHaveLength(300);
});

test('a closed client takes nothing more', async () => {
  const world = createWorld(takeAll);
  world.queue.close();

  await expect(world.submit(1)).rejects.toMatchObject({ code: 'client.closed' });
});
