import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCredentials } from '../../../sdk/credentials.ts';
import { AnalyticsError } from '../../../sdk/errors.ts';
import { createLive } from '../../../sdk/live.ts';
import { createWaitForResult } from '../../../sdk/wait-for-result.ts';
import type { AnalysisView } from '../../../sdk/wire.ts';
import { eventOf, fakeSockets } from '../../support/fake-socket.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const queued: AnalysisView = { analysisId: 'a', type: 'echo', status: 'queued', submittedAt: '' };
const completed: AnalysisView = { ...queued, status: 'completed', result: { n: 1 } };
const failed: AnalysisView = {
  ...queued,
  status: 'failed',
  error: { code: 'plugin.invalid_input', message: 'No values', details: [{ field: 'values', message: 'required' }] },
};

const createWorld = () => {
  const { WebSocket, last, sockets } = fakeSockets();
  const options = { url: 'https://api.test', token: 'token', WebSocket };
  const live = createLive(options, createCredentials(options), () => {});
  const result = vi.fn(async (): Promise<AnalysisView> => queued);
  const subscribed = async () => {
    last().open();
    await vi.advanceTimersByTimeAsync(0);
    last().receive({ event: 'authenticated', id: 'auth' });
    last().receive({ event: 'subscribed', id: '1', cursor: 'start' });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { wait: createWaitForResult(result, live), result, subscribed, last, sockets };
};

test('a pushed result is taken from the push; the service is asked once, when the subscription stands', async () => {
  const { wait, result, subscribed, last } = createWorld();
  const waiting = wait('a');
  await subscribed();
  await vi.advanceTimersByTimeAsync(200_000);
  last().receive(eventOf('a:update', { data: completed }));

  expect(await waiting).toEqual(completed);
  expect(result).toHaveBeenCalledOnce();
  expect(last().frames('subscribe')).toMatchObject([
    { filters: { analysisId: 'a', event: ['analytics:update', 'analytics:failed'] } },
  ]);
  expect(last().frames('unsubscribe')).toHaveLength(1);
});

test('what ended before the subscription stood is found', async () => {
  const { wait, result, subscribed } = createWorld();
  result.mockResolvedValue(completed);
  const waiting = wait('a');
  await subscribed();

  expect(await waiting).toEqual(completed);
});

test('a push that only says where the result is makes it be fetched', async () => {
  const { wait, result, subscribed, last } = createWorld();
  const waiting = wait('a');
  await subscribed();
  result.mockResolvedValue(completed);
  last().receive(eventOf('a:update', { data: { analysisId: 'a', status: 'completed', resultUrl: '/api/…' } }));

  expect(await waiting).toEqual(completed);
});

test('a failed analysis rejects with its error', async () => {
  const { wait, subscribed, last } = createWorld();
  const waiting = expect(wait('a')).rejects.toMatchObject({
    name: 'AnalyticsError',
    code: 'plugin.invalid_input',
    details: [{ field: 'values', message: 'required' }],
  });
  await subscribed();
  last().receive(eventOf('a:failed', { event: 'analytics:failed', data: failed }));
  await waiting;
});

test('without a connection it is looked for now and then, less and less often', async () => {
  const { wait, result } = createWorld();
  result.mockRejectedValueOnce(new AnalyticsError('client.network', 'offline'));
  const waiting = wait('a');
  await vi.advanceTimersByTimeAsync(60_000);
  const looks = result.mock.calls.length;
  result.mockResolvedValue(completed);
  await vi.advanceTimersByTimeAsync(20_000);

  expect(looks).toBeGreaterThan(2);
  expect(looks).toBeLessThan(7);
  expect(await waiting).toEqual(completed);
});

test('an analysis that does not exist, a timeout and a signal end the wait', async () => {
  const { wait, result, subscribed } = createWorld();
  result.mockRejectedValue(new AnalyticsError('analysis.not_found', 'There is none', { status: 404 }));
  const missing = expect(wait('a')).rejects.toMatchObject({ code: 'analysis.not_found' });
  await subscribed();
  await missing;

  result.mockResolvedValue(queued);
  const late = expect(wait('a', { timeout: 5_000 })).rejects.toMatchObject({ code: 'client.timeout' });
  await vi.advanceTimersByTimeAsync(5_000);
  await late;
  await expect(wait('a', { signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow('left');
});
