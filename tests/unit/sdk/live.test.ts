import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ClientOptions } from '../../../sdk/api.ts';
import { createCredentials } from '../../../sdk/credentials.ts';
import type { AnalyticsError } from '../../../sdk/errors.ts';
import { createLive } from '../../../sdk/live.ts';
import { eventOf, type FakeSocket, fakeSockets } from '../../support/fake-socket.ts';

const NOW = Date.UTC(2026, 0, 1);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const createWorld = (options: Partial<ClientOptions> = { token: 'token' }) => {
  const { WebSocket, sockets, last } = fakeSockets();
  const errors: AnalyticsError[] = [];
  const states: string[] = [];
  const all = { url: 'https://api.test', WebSocket, onConnection: (state: string) => states.push(state), ...options };
  const live = createLive(all, createCredentials(all), (error) => errors.push(error));
  return { live, sockets, last, errors, states };
};

/** Lets the client do what it does in promises. */
const settle = () => vi.advanceTimersByTimeAsync(0);

const accept = async (socket: FakeSocket, answer: object = {}): Promise<void> => {
  socket.open();
  await settle();
  socket.receive({ event: 'authenticated', id: 'auth', tenant: 't', scopes: ['read'], ...answer });
};

test('it authenticates in a frame, never in the URL, and then subscribes', async () => {
  const { live, last, states } = createWorld();

  live.subscribe({ filters: { type: 'a' } }, () => {});
  await accept(last());

  expect(last().url).toBe('wss://api.test/prod');
  expect(last().sent).toEqual([
    { action: 'authenticate', token: 'token', id: 'auth' },
    { action: 'subscribe', id: '1', stream: 'analytics', filters: { type: 'a' } },
  ]);
  expect(states).toEqual(['connecting', 'open']);
});

test('after a lost connection each subscription resumes at its own cursor', async () => {
  const { live, last, sockets, states } = createWorld();
  live.subscribe({ filters: { type: 'a' } }, () => {});
  live.subscribe({ filters: { type: 'b' } }, () => {});
  await accept(last());
  last().receive({ event: 'subscribed', id: '1', cursor: 'start' });
  last().receive({ event: 'subscribed', id: '2', cursor: 'start' });
  last().receive(eventOf('x', { subscriptions: ['1'] }));

  last().cut();
  await vi.advanceTimersByTimeAsync(2_000);
  await accept(last());

  expect(sockets).toHaveLength(2);
  expect(last().frames('subscribe')).toMatchObject([
    { id: '1', after: 'cursor-x' },
    { id: '2', after: 'start' },
  ]);
  expect(states).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open']);
});

test('pauses between attempts grow, and are never the same for all', async () => {
  const { live, last, sockets } = createWorld();
  live.subscribe({}, () => {});
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.999);
  const waits: number[] = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const before = Date.now();
    const made = sockets.length;
    last().cut();
    while (sockets.length === made) await vi.advanceTimersByTimeAsync(100);
    waits.push(Date.now() - before);
  }
  random.mockReturnValue(0);
  last().cut();
  await vi.advanceTimersByTimeAsync(1);

  expect(waits).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  expect(sockets).toHaveLength(10);
  random.mockRestore();
});

test('an event that comes again is given to a subscription once, and to each that it is for', async () => {
  const { live, last } = createWorld();
  const first = vi.fn();
  const second = vi.fn();
  live.subscribe({}, ({ eventId }) => first(eventId));
  live.subscribe({}, ({ eventId }) => second(eventId));
  await accept(last());

  last().receive(eventOf('x', { subscriptions: ['1'] }));
  last().receive(eventOf('x', { subscriptions: ['1', '2'], replayed: true }));
  last().receive(eventOf('y', { subscriptions: ['2'] }));

  expect(first.mock.calls).toEqual([['x']]);
  expect(second.mock.calls).toEqual([['x'], ['y']]);
});

test('what a resumed subscription is sent again from before it began is not given to the app', async () => {
  const { live, last } = createWorld();
  const handler = vi.fn();
  live.subscribe({}, ({ eventId }) => handler(eventId));
  await accept(last());
  last().receive({ event: 'subscribed', id: '1', cursor: 'm5' });
  last().cut();
  await vi.advanceTimersByTimeAsync(2_000);
  await accept(last());

  last().receive(eventOf('earlier', { cursor: 'm4', replayed: true }));
  last().receive(eventOf('missed', { cursor: 'm6', replayed: true }));

  expect(handler.mock.calls).toEqual([['missed']]);
});

test('the app is told when what was missed is no longer kept, and the subscription goes on', async () => {
  const { live, last } = createWorld();
  const onExpired = vi.fn();
  const handler = vi.fn();
  live.subscribe({ after: 'yesterday', onExpired }, handler);
  await accept(last());
  last().receive({ event: 'resume:expired', id: '1', cursor: 'now' });

  last().receive(eventOf('x'));
  last().cut();
  await vi.advanceTimersByTimeAsync(2_000);
  await accept(last());

  expect(onExpired).toHaveBeenCalledOnce();
  expect(handler).toHaveBeenCalledOnce();
  expect(last().frames('subscribe')).toMatchObject([{ after: 'cursor-x' }]);
});

test('a cursor the service does not know counts as expired', async () => {
  const { live, last } = createWorld();
  const onExpired = vi.fn();
  live.subscribe({ after: 'of another service', onExpired }, () => {});
  await accept(last());

  const details = [{ field: 'after', message: 'must be the cursor of an event that was received' }];
  last().receive({ event: 'error', id: '1', error: { code: 'request.invalid', message: '', details } });

  expect(onExpired).toHaveBeenCalledOnce();
  expect(last().frames('subscribe').at(-1)).not.toHaveProperty('after');
});

test('what the service refuses ends that subscription alone', async () => {
  const { live, last, errors } = createWorld();
  const onRefused = vi.fn();
  live.subscribe({ stream: 'unknown', onRefused }, () => {});
  live.subscribe({ stream: 'unknown too' }, () => {});
  live.subscribe({}, () => {});
  await accept(last());

  const error = { code: 'request.invalid', message: 'No such stream', details: [{ field: 'stream', message: 'no' }] };
  last().receive({ event: 'error', id: '1', error });
  last().receive({ event: 'error', id: '2', error });
  last().cut();
  await vi.advanceTimersByTimeAsync(2_000);
  await accept(last());

  expect(onRefused.mock.calls[0]).toMatchObject([{ code: 'request.invalid', details: error.details }]);
  expect(errors).toMatchObject([{ message: 'No such stream' }]);
  expect(last().frames('subscribe')).toMatchObject([{ id: '3' }]);
});

test('a token is renewed on the open connection before it expires', async () => {
  const tokens = ['first', 'second'];
  const { live, last, sockets } = createWorld({ getToken: () => tokens.shift() ?? 'none left' });
  live.subscribe({}, () => {});
  await accept(last(), { expiresAt: new Date(NOW + 100_000).toISOString() });
  last().receive({ event: 'subscribed', id: '1', cursor: 'start' });

  await vi.advanceTimersByTimeAsync(79_000);
  expect(last().frames('authenticate')).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2_000);
  last().receive({ event: 'authenticated', id: 'auth', expiresAt: new Date(NOW + 7_200_000).toISOString() });

  expect(
    last()
      .frames('authenticate')
      .map(({ token }) => token),
  ).toEqual(['first', 'second']);
  expect(last().frames('subscribe')).toHaveLength(1);
  expect(sockets).toHaveLength(1);
});

test('a token that was refused is replaced, and the app hears of it only when the next is refused as well', async () => {
  const tokens = ['expired', 'bad', 'good'];
  const { live, last, errors } = createWorld({ getToken: async () => tokens.shift() ?? 'none left' });
  live.subscribe({}, () => {});
  const refuse = async () => {
    last().open();
    await settle();
    last().receive({ event: 'error', id: 'auth', error: { code: 'auth.expired', message: 'Expired', details: [] } });
  };

  await refuse();
  expect(errors).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  await refuse();
  expect(errors).toMatchObject([{ code: 'auth.expired' }]);
  await vi.advanceTimersByTimeAsync(4_000);
  await accept(last());

  expect(last().sent).toMatchObject([{ token: 'good' }, { action: 'subscribe' }]);
});

test('a fixed token that is refused is not tried over and over', async () => {
  const { live, last, sockets, errors, states } = createWorld();
  live.subscribe({}, () => {});
  last().open();
  await settle();
  last().receive({ event: 'error', id: 'auth', error: { code: 'auth.invalid', message: 'No', details: [] } });
  await vi.advanceTimersByTimeAsync(3_600_000);

  expect(sockets).toHaveLength(1);
  expect(errors).toMatchObject([{ code: 'auth.invalid' }]);
  expect(states.at(-1)).toBe('closed');
});

test.each([
  ['that the service leaves without an answer', 17_000, () => {}],
  ['that API Gateway answers itself', 2_000, (socket: FakeSocket) => socket.receive({ message: 'Forbidden' })],
])('a frame %s costs the connection, not the subscription', async (_, within, answer) => {
  const { live, last, sockets } = createWorld();
  live.subscribe({}, () => {});
  await accept(last());

  answer(last());
  await vi.advanceTimersByTimeAsync(within);
  await accept(last());

  expect(sockets[0]?.isClosed).toBe(true);
  expect(last()).not.toBe(sockets[0]);
  expect(last().frames('subscribe')).toHaveLength(1);
});

test('a silent connection is pinged, and given up when no answer comes', async () => {
  const { live, last, sockets } = createWorld();
  live.subscribe({}, () => {});
  await accept(last());
  last().receive({ event: 'subscribed', id: '1', cursor: 'start' });

  await vi.advanceTimersByTimeAsync(4 * 60_000);
  last().receive({ event: 'pong' });
  await vi.advanceTimersByTimeAsync(4 * 60_000);
  expect(sockets).toHaveLength(1);
  expect(last().frames('ping')).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(17_000);

  expect(sockets).toHaveLength(2);
});

test('a connection that does not open is given up', async () => {
  const { live, sockets } = createWorld();
  live.subscribe({}, () => {});

  await vi.advanceTimersByTimeAsync(17_000);

  expect(sockets).toHaveLength(2);
  expect(sockets[0]?.isClosed).toBe(true);
});

test('when the network is back the client does not wait for its next attempt', async () => {
  const { live, last, sockets } = createWorld();
  live.subscribe({}, () => {});
  vi.spyOn(Math, 'random').mockReturnValueOnce(0.99);
  last().cut();

  live.wake();

  expect(sockets).toHaveLength(2);
});

test('the connection ends some time after the last subscription', async () => {
  const { live, last, sockets, states } = createWorld();
  const stop = live.subscribe({}, () => {});
  await accept(last());
  last().receive({ event: 'subscribed', id: '1', cursor: 'start' });
  stop();
  stop();
  last().receive({ event: 'unsubscribed', id: '1', existed: true });
  await vi.advanceTimersByTimeAsync(9_000);
  live.subscribe({}, () => {})();
  await vi.advanceTimersByTimeAsync(9_000);
  expect(last().isClosed).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);

  expect(last().isClosed).toBe(true);
  expect(last().frames('unsubscribe')).toMatchObject([{ id: '1' }, { id: '2' }]);
  expect(states.at(-1)).toBe('closed');
  expect(sockets).toHaveLength(1);
});

test('a handler that throws or rejects is reported and harms nobody', async () => {
  const { live, last, errors } = createWorld();
  const other = vi.fn();
  live.subscribe({}, () => {
    throw new TypeError('of the app');
  });
  live.subscribe({}, async () => Promise.reject(new TypeError('of the app')));
  live.subscribe({}, other);
  await accept(last());

  last().receive(eventOf('x', { subscriptions: ['1', '2', '3'] }));
  await settle();

  expect(errors).toMatchObject([{ code: 'client.handler' }, { code: 'client.handler' }]);
  expect(other).toHaveBeenCalledOnce();
});
