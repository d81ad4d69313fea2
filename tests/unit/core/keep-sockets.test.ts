import { expect, test } from 'vitest';
import { createMemoryConnectionStore } from '../../../functions/adapters/memory/memory-connection-store.ts';
import type { FollowUp } from '../../../functions/core/follow-up.ts';
import { openSocket, scheduleHeartbeats, sendHeartbeats } from '../../../functions/core/keep-sockets.ts';
import type { PostOutcome } from '../../../functions/core/ports.ts';

const createWorld = (outcomes: Record<string, PostOutcome> = {}) => {
  const sent: { followUp: FollowUp; delaySeconds: number | undefined }[] = [];
  const posted: [string, string][] = [];
  const dependencies = {
    connections: createMemoryConnectionStore(),
    poster: {
      async post(connectionId: string, frame: string): Promise<PostOutcome> {
        posted.push([connectionId, frame]);
        return outcomes[connectionId] ?? 'sent';
      },
    },
    followUps: {
      async send(followUp: FollowUp, { delaySeconds }: { delaySeconds?: number } = {}) {
        sent.push({ followUp, delaySeconds });
      },
    },
    wait: async () => {},
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  };
  return { dependencies, sent, posted };
};

test('the first frame tells a socket.io client terms within the limits of API Gateway', async () => {
  const { dependencies, posted, sent } = createWorld();

  await openSocket(dependencies, { connectionId: 'c', attempt: 1 });

  const frame = posted[0]?.[1] ?? '';
  const { pingInterval, pingTimeout, ...rest } = JSON.parse(frame.slice(1));
  expect(frame[0]).toBe('0');
  expect(rest).toEqual({ sid: 'c', upgrades: [], maxPayload: 32_768 });
  expect(pingInterval).toBeLessThan(600_000);
  expect(pingInterval + pingTimeout).toBeLessThanOrEqual(2_147_483_647);
  expect(sent).toEqual([]);
});

test('a connection that is not there yet is tried again a second later, and not for ever', async () => {
  const { dependencies, sent } = createWorld({ c: 'gone' });

  for (let attempt = 1; attempt <= 10; attempt += 1) await openSocket(dependencies, { connectionId: 'c', attempt });

  expect(sent).toHaveLength(9);
  expect(sent[0]).toEqual({ followUp: { kind: 'open', connectionId: 'c', attempt: 2 }, delaySeconds: 1 });
});

test('every socket.io connection is pinged, no other is, and the dead ones go', async () => {
  const { dependencies, sent, posted } = createWorld({ dead: 'gone' });
  for (const connectionId of ['alive', 'dead']) {
    await dependencies.connections.open({ connectionId, protocol: 'socket.io', connectedAt: '' });
  }
  await dependencies.connections.open({ connectionId: 'native', protocol: 'native', connectedAt: '' });

  await scheduleHeartbeats(dependencies);
  for (const { followUp } of sent) {
    if (followUp.kind === 'heartbeat') await sendHeartbeats(dependencies, followUp);
  }

  expect(posted.sort()).toEqual([
    ['alive', '2'],
    ['dead', '2'],
  ]);
  expect(await dependencies.connections.get('dead')).toBeUndefined();
});
