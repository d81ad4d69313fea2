import fc from 'fast-check';
import { Decoder, type Packet } from 'socket.io-parser';
import { expect, test } from 'vitest';
import { createMemoryConnectionStore } from '../../../functions/adapters/memory/memory-connection-store.ts';
import { answerSocketIo } from '../../../functions/core/answer-socket-io.ts';
import type { Principal } from '../../../functions/core/authenticate.ts';
import { AppError } from '../../../functions/core/errors.ts';
import type { FollowUp } from '../../../functions/core/follow-up.ts';
import type { Connection } from '../../../functions/core/subscription.ts';

const principal: Principal = { tenant: 't', subject: 'ann', scopes: ['read'], expiresAt: '2027-01-01T00:00:00Z' };
const connection: Connection = { connectionId: 'c1=', protocol: 'socket.io', connectedAt: '', principal };

/** A connection, and what was logged as an error of ours. */
const createWorld = async () => {
  const connections = createMemoryConnectionStore();
  await connections.open(connection);
  const faults: string[] = [];
  const followUps: FollowUp[] = [];
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (message: string) => faults.push(message) };
  const dependencies = {
    connections,
    logger,
    clock: () => new Date('2026-01-01T00:00:00Z'),
    eventRetentionHours: 24,
    followUps: {
      async send(followUp: FollowUp) {
        followUps.push(followUp);
      },
    },
    authenticate: async (credential: string) => {
      if (credential !== 'good') throw new AppError('auth.invalid', 'This token does not hold');
      return principal;
    },
  };
  const answer = async (frame: string) =>
    answerSocketIo(dependencies, (await connections.get(connection.connectionId)) ?? connection, frame);
  return { connections, faults, followUps, answer };
};

/** A text frame as a stock client reads it. */
const decode = (frame: string): Packet | undefined => {
  const decoder = new Decoder();
  let packet: Packet | undefined;
  decoder.on('decoded', (decoded) => {
    packet = decoded;
  });
  decoder.add(frame.slice(1));
  return packet;
};

test.each([
  ['3', undefined],
  ['1', undefined],
  ['6', undefined],
  ['433[{}]', undefined],
  ['2', '3'],
  ['2probe', '3probe'],
  ['40', '40{"sid":"c1="}'],
  ['40{"token":"good"}', '40{"sid":"c1="}'],
  ['420["ping"]', '430[{"success":true,"event":"pong"}]'],
  ['42["ping",{"id":"x"}]', '42["pong",{"id":"x"}]'],
])('the frame %s is answered by %s', async (frame, expected) => {
  const { answer } = await createWorld();

  expect(await answer(frame)).toBe(expected);
});

test('a credential that does not hold is a connect_error in the handshake, and a refusal afterwards', async () => {
  const { answer } = await createWorld();

  expect(await answer('40{"token":"bad"}')).toBe(
    '44{"message":"This token does not hold","data":{"code":"auth.invalid","message":"This token does not hold","details":[]}}',
  );
  expect(await answer('420["auth:authenticate",{"token":"bad"}]')).toMatch(/^430\[\{"success":false/);
});

test('a client must authenticate, in its handshake or afterwards, before it subscribes', async () => {
  const { answer, connections } = await createWorld();
  const { principal: _, ...anonymous } = connection;
  await connections.open(anonymous);

  expect(await answer('40')).toBe('40{"sid":"c1="}');
  expect(await answer('420["subscribe",{"stream":"analytics"}]')).toContain('"code":"auth.required"');
  expect(await answer('421["auth:authenticate",{"token":"good"}]')).toContain(
    '"event":"auth:authenticated","tenant":"t"',
  );
});

test('a client that disconnects keeps nothing', async () => {
  const { answer, connections } = await createWorld();
  await answer('42["subscribe",{"stream":"analytics"}]');

  expect(await answer('41')).toBeUndefined();

  expect(await connections.get(connection.connectionId)).toBeUndefined();
  expect((await connections.subscribers('t', 'analytics', 0, undefined)).entries).toEqual([]);
});

test('a client resumes at the offset of its handshake, or at the one it names', async () => {
  const { answer, connections, followUps } = await createWorld();
  const cursor = (ageHours: number) => (Date.UTC(2026, 0, 1) - ageHours * 3_600_000).toString(36);

  await answer(`40{"offset":"${cursor(1)}"}`);
  const first = await answer('420["subscribe",{"stream":"analytics"}]');
  const second = await answer(`421["subscribe",{"stream":"analytics","id":"b","after":"${cursor(2)}"}]`);
  const expired = await answer(`422["subscribe",{"stream":"analytics","id":"c","after":"${cursor(25)}"}]`);
  const wrong = await answer('423["subscribe",{"stream":"analytics","id":"d","after":"yesterday"}]');

  expect(first).toContain(
    `"event":"subscribed","id":"default","stream":"analytics","filters":{},"cursor":"${cursor(1)}"`,
  );
  expect(second).toContain(`"cursor":"${cursor(2)}"`);
  expect(expired).toMatch(/^432\[\{"success":true,"event":"resume:expired","id":"c"/);
  expect(wrong).toMatch(/^433\[\{"success":false.*"field":"after"/);
  expect(followUps).toMatchObject([
    { kind: 'replay', cursor: Date.UTC(2025, 11, 31, 23) },
    { kind: 'replay', cursor: Date.UTC(2025, 11, 31, 22) },
  ]);
  const waiting = (await connections.subscriptionsOf(connection.connectionId)).map(({ replayId }) => replayId);
  expect(waiting).toEqual([expect.any(String), expect.any(String), undefined]);
});

const json = fc.json({ maxDepth: 2, stringUnit: 'binary' });
const eventName = fc.constantFrom('subscribe', 'unsubscribe', 'ping', 'auth:authenticate', 'connect', '__proto__', '');
const frames = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '4',
    '42[',
    '49',
    '4',
    '',
    'b',
    'bAAAA',
    '451-["a",{"_placeholder":true,"num":0}]',
    '40/x',
    '42/x,["a"]',
  ),
  fc.tuple(fc.constantFrom('0', '1', '2', '3', '4', '5', '6', 'b'), fc.string()).map(([type, rest]) => type + rest),
  fc.tuple(fc.integer({ min: 0, max: 9 }), fc.string(), json).map(([type, middle, data]) => `4${type}${middle}${data}`),
  fc
    .tuple(fc.nat(), eventName, fc.array(json))
    .map(([id, name, args]) => `42${id}[${[JSON.stringify(name), ...args]}]`),
);

test('whatever a client sends is answered by a frame that a client can read, or by nothing, and never by an exception', async () => {
  const { answer, faults, connections } = await createWorld();

  await fc.assert(
    fc.asyncProperty(frames, async (frame) => {
      const reply = await answer(frame);
      if (reply?.startsWith('4')) expect(decode(reply)).toBeDefined();
      else expect(reply === undefined || reply.startsWith('3')).toBe(true);
      await connections.open(connection);
    }),
    { numRuns: 20_000, seed: 1 },
  );

  expect(faults).toEqual([]);
}, 120_000);
