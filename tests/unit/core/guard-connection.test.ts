import { expect, test } from 'vitest';
import { createInProcessRateLimiter } from '../../../functions/adapters/in-process-rate-limiter.ts';
import { createMemoryApiKeyStore } from '../../../functions/adapters/memory/memory-api-key-store.ts';
import { createMemoryConnectionStore } from '../../../functions/adapters/memory/memory-connection-store.ts';
import type { Principal } from '../../../functions/core/authenticate.ts';
import {
  authenticateConnection,
  checkConnection,
  openConnection,
  requireAuthenticated,
} from '../../../functions/core/guard-connection.ts';
import { revokeKey } from '../../../functions/core/manage-keys.ts';
import type { ConnectionCheck } from '../../../functions/core/ports.ts';

const START = Date.UTC(2026, 2, 1);
const HOUR = 3600;

/** A queue that delivers what is due as the clock advances, and a gateway that notes when it closed what. */
const createWorld = () => {
  let now = START;
  const clock = () => new Date(now);
  const due: { readonly at: number; readonly check: ConnectionCheck }[] = [];
  const closedAfter: Record<string, number> = {};
  const connections = createMemoryConnectionStore();
  const checks = {
    async send(check: ConnectionCheck, delaySeconds: number) {
      expect(delaySeconds).toBeGreaterThanOrEqual(0);
      expect(delaySeconds).toBeLessThanOrEqual(900);
      due.push({ at: now + delaySeconds * 1000, check });
    },
  };
  const closer = {
    async disconnect(connectionId: string) {
      closedAfter[connectionId] = (now - START) / 1000;
    },
  };
  const principals: Record<string, Principal> = {};
  const tokens = { verify: async (token: string) => principals[token] ?? expect.unreachable() };
  const limits = { windowSeconds: 10, requests: { submit: 9, batch: 9, read: 9, admin: 9, connect: 9 } };
  const limiter = createInProcessRateLimiter({ limits, clock });
  const keys = createMemoryApiKeyStore();
  const dependencies = { connections, checks, closer, clock, tokens, keys, limiter };
  return {
    closedAfter,
    connections,
    open: (connectionId: string, principal?: Principal) =>
      openConnection(dependencies, { connectionId, protocol: 'native', principal }),
    authenticate: (connectionId: string, principal: Principal) => {
      principals['token'] = principal;
      return authenticateConnection(dependencies, connectionId, 'token');
    },
    revoke: async (id: string) => {
      await keys.add({ id, tenant: 'acme', name: '', scopes: ['read'], createdAt: '' }, id);
      await revokeKey({ keys, checks }, { tenant: 'acme', id });
    },
    async advance(seconds: number) {
      const end = now + seconds * 1000;
      for (;;) {
        due.sort((a, b) => a.at - b.at);
        const next = due[0];
        if (next === undefined || next.at > end) break;
        due.shift();
        now = next.at;
        await checkConnection(dependencies, next.check);
      }
      now = end;
    },
  };
};

const keyed = (id: string): Principal => ({ tenant: 'acme', subject: `key:${id}`, scopes: ['read'] });

const principal = (seconds?: number, tenant = 'acme'): Principal => ({
  tenant,
  subject: 'ann',
  scopes: ['read'],
  ...(seconds === undefined ? {} : { expiresAt: new Date(START + seconds * 1000).toISOString() }),
});

test('a connection that never authenticates is closed after 30 s', async () => {
  const { open, advance, closedAfter, connections } = createWorld();
  await open('a');

  await advance(60);

  expect(closedAfter).toEqual({ a: 30 });
  expect(await connections.get('a')).toBeUndefined();
});

test('a connection that authenticates in time stays, with a key for as long as it likes', async () => {
  const { open, authenticate, advance, closedAfter } = createWorld();
  await open('a');
  await advance(29);
  await authenticate('a', principal());

  await advance(3 * HOUR);

  expect(closedAfter).toEqual({});
});

test.each([
  ['soon', 45],
  ['later than a message can wait', 2 * HOUR - 1],
])('a credential that expires %s closes its connection then', async (_, seconds) => {
  const { open, authenticate, advance, closedAfter } = createWorld();
  await open('by url', principal(seconds));
  await open('by frame');
  await authenticate('by frame', principal(seconds));

  await advance(3 * HOUR);

  expect(closedAfter).toEqual({ 'by url': seconds, 'by frame': seconds });
});

test('a connection that authenticates anew lives as long as the newest credential, longer or shorter', async () => {
  const { open, authenticate, advance, closedAfter } = createWorld();
  await open('longer', principal(HOUR));
  await open('shorter', principal(HOUR));
  await advance(10);
  await authenticate('longer', principal(2 * HOUR));
  await authenticate('shorter', principal(60));

  await advance(3 * HOUR);

  expect(closedAfter).toEqual({ longer: 2 * HOUR, shorter: 60 });
});

test('a connection that is gone is not looked at any more', async () => {
  const { open, advance, connections, closedAfter } = createWorld();
  await open('a', principal(HOUR));
  await connections.close('a');

  await advance(2 * HOUR);

  expect(closedAfter).toEqual({});
});

test('a connection cannot change tenants', async () => {
  const { open, authenticate, connections } = createWorld();
  await open('a', principal());

  await expect(authenticate('a', principal(undefined, 'rival'))).rejects.toMatchObject({ code: 'websocket.closed' });
  expect((await connections.get('a'))?.principal?.tenant).toBe('acme');
});

test('between its expiry and its end a connection is not served', () => {
  const connection = { connectionId: 'a', protocol: 'native' as const, connectedAt: '', principal: principal(10) };

  expect(requireAuthenticated(connection, new Date(START + 9_999))).toEqual(principal(10));
  expect(() => requireAuthenticated(connection, new Date(START + 10_000))).toThrow('has expired');
});

test('revoking a key closes the connections it stands for within a minute, those opened meanwhile as well', async () => {
  const { open, authenticate, advance, revoke, closedAfter, connections } = createWorld();
  await open('by url', keyed('a'));
  await open('by frame');
  await authenticate('by frame', keyed('a'));
  await open('changed', keyed('a'));
  await authenticate('changed', principal());
  await open('of another key', keyed('b'));
  await open('of a token', principal());

  await revoke('a');
  await advance(15);
  // A function that remembers the key still lets one in.
  await open('late', keyed('a'));
  await advance(60);

  expect(Object.keys(closedAfter).sort()).toEqual(['by frame', 'by url', 'late']);
  expect(Math.max(...Object.values(closedAfter))).toBeLessThan(60);
  expect(await connections.get('late')).toBeUndefined();
});
