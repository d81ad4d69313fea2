import { expect, test } from 'vitest';
import { createMemoryConnectionStore } from '../../../functions/adapters/memory/memory-connection-store.ts';
import { createMemoryEventFeed } from '../../../functions/adapters/memory/memory-event-feed.ts';
import { createMemoryQueues } from '../../../functions/adapters/memory/memory-queues.ts';
import { deliverPush, filePush } from '../../../functions/core/deliver-push.ts';
import { type FollowUp, followUpSchema } from '../../../functions/core/follow-up.ts';
import type { PostOutcome } from '../../../functions/core/ports.ts';
import { pushMessageSchema } from '../../../functions/core/push-event.ts';
import { replayEvents } from '../../../functions/core/replay-events.ts';
import type { Subscription } from '../../../functions/core/subscription.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

const messageOf = (eventId: string, type = 'a') =>
  pushMessageSchema.parse({
    tenant: 't',
    fields: { type },
    events: [
      {
        event: 'analytics:update',
        eventId,
        stream: 'analytics',
        occurredAt: '2026-01-01T00:00:00.000Z',
        fields: {},
        data: {},
      },
    ],
  });

const subscription: Subscription = {
  connectionId: 'c',
  subscriptionId: '1',
  tenant: 't',
  protocol: 'native',
  stream: 'analytics',
  filters: { type: 'a' },
};

/** A client that comes back; `onPost` lets something happen while a frame is on its way. */
const createWorld = ({ onPost }: { onPost?: (eventId: string) => Promise<PostOutcome | undefined> } = {}) => {
  let now = START;
  const clock = () => new Date(now);
  const feed = createMemoryEventFeed({ clock });
  const connections = createMemoryConnectionStore();
  const received: { event: string; eventId?: string; cursor: string; replayed?: boolean }[] = [];
  const followUps: FollowUp[] = [];
  const closed: string[] = [];
  const closer = { disconnect: async (connectionId: string) => void closed.push(connectionId) };
  const { pushQueue: push, pushes } = createMemoryQueues();
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const poster = {
    async post(_: string, frame: string): Promise<PostOutcome> {
      const message = JSON.parse(frame);
      const outcome = (await onPost?.(message.eventId)) ?? 'sent';
      if (outcome === 'sent') received.push(message);
      return outcome;
    },
  };
  const dependencies = {
    connections,
    feed,
    poster,
    closer,
    push,
    clock,
    logger,
    followUps: {
      async send(followUp: FollowUp) {
        followUps.push(followUp);
      },
    },
  };
  const file = (eventId: string, type?: string) => filePush(dependencies, messageOf(eventId, type));
  const runReplay = async (followUp: FollowUp) => {
    const replay = followUpSchema.parse(followUp);
    if (replay.kind === 'replay') await replayEvents(dependencies, replay);
  };
  return {
    connections,
    feed,
    received,
    closed,
    pushes,
    followUps,
    dependencies,
    pass: (ms: number) => (now += ms),
    clock,
    file,
    publish: async (eventId: string, type?: string) => deliverPush(dependencies, await file(eventId, type)),
    /** Subscribes with a cursor, and replays until nothing is left to other invocations. */
    resume: async (cursor: number) => {
      await connections.subscribe({ ...subscription, replayId: 'r' });
      await runReplay({ kind: 'replay', subscription, replayId: 'r', cursor });
      for (const followUp of followUps) await runReplay(followUp);
    },
  };
};

test('what was missed comes in order, marked as replayed, and then what is new', async () => {
  const { publish, pass, resume, received } = createWorld();
  for (const id of ['1', '2', '3']) {
    await publish(id);
    await publish(`not ${id}`, 'b');
    pass(MINUTE);
  }

  await resume(START + MINUTE + 30_000);
  await publish('4');

  expect(received.map(({ event, eventId, replayed }) => [event, eventId, replayed])).toEqual([
    ['analytics:update', '3', true],
    ['resumed', undefined, undefined],
    ['analytics:update', '4', undefined],
  ]);
  const cursors = received.map(({ cursor }) => Number.parseInt(cursor, 36));
  expect(cursors[0]).toBe(START + 2 * MINUTE);
  expect(cursors).toEqual([...cursors].sort());
});

test('events filed shortly before the cursor come again, with their ids: they may have been overtaken', async () => {
  const { publish, pass, resume, received } = createWorld();
  await publish('long before');
  pass(MINUTE);
  await publish('overtaken');
  pass(15_000);

  await resume(START + MINUTE + 15_000);

  expect(received.map(({ eventId }) => eventId)).toEqual(['overtaken', undefined]);
});

test('an event that is filed, or pushed to others, while events are replayed is not missed', async () => {
  let world: ReturnType<typeof createWorld> | undefined;
  world = createWorld({
    async onPost(eventId) {
      if (eventId !== 'missed') return undefined;
      // Its push reads the subscribers while this one is not live yet.
      await world?.publish('meanwhile');
      return undefined;
    },
  });
  await world.publish('missed');
  world.pass(MINUTE);

  await world.resume(START);

  expect(world.received.map(({ eventId }) => eventId)).toEqual(['missed', 'meanwhile', undefined]);
});

test('an event whose push was still under way when the client left is found, however old it is', async () => {
  const { file, feed, pass, resume, received, clock } = createWorld();
  await file('delayed');
  await feed.beginDelivery('t', clock().getTime());
  pass(10 * MINUTE);

  await resume(START + 9 * MINUTE);

  expect(received.map(({ eventId }) => eventId)).toEqual(['delayed', undefined]);
});

test('a long replay goes on in further invocations', async () => {
  let world: ReturnType<typeof createWorld> | undefined;
  world = createWorld({
    async onPost() {
      world?.pass(1_000);
      return undefined;
    },
  });
  for (let index = 0; index < 30; index += 1) await world.file(String(index));
  world.pass(MINUTE);

  await world.resume(START);

  expect(world.followUps.length).toBeGreaterThan(3);
  expect(world.received.map(({ eventId }) => eventId)).toEqual(
    [...Array(30).keys()].map(String).concat([undefined as never]),
  );
  expect(await world.feed.oldestDelivery('t', world.clock().getTime())).toBeUndefined();
});

test('a replay ends with its connection, and is tried again when that could not be reached', async () => {
  const outcomes: PostOutcome[] = ['failed', 'gone'];
  const world = createWorld({ onPost: async () => outcomes.shift() });
  await world.file('1');
  world.pass(MINUTE);

  await world.resume(START);

  expect(world.followUps).toMatchObject([{ kind: 'replay', attempt: 2 }]);
  expect(world.received).toEqual([]);
  expect(await world.connections.subscriptionsOf('c')).toEqual([]);
});

test('a client that unsubscribes while events are replayed is not subscribed again', async () => {
  let world: ReturnType<typeof createWorld> | undefined;
  world = createWorld({
    async onPost() {
      await world?.connections.unsubscribe('c', '1');
      return undefined;
    },
  });
  await world.file('1');
  world.pass(MINUTE);

  await world.resume(START);
  await world.publish('2');

  expect(world.received.map(({ eventId }) => eventId)).toEqual(['1']);
});

test('a client whose replay cannot reach it is disconnected, so that it comes back for it', async () => {
  const world = createWorld({ onPost: async () => 'failed' });
  await world.connections.open({ connectionId: 'c', protocol: 'native', connectedAt: '' });
  await world.file('1');
  world.pass(MINUTE);

  await world.resume(START);

  expect(world.followUps).toHaveLength(4);
  expect(world.closed).toEqual(['c']);
  expect(await world.connections.get('c')).toBeUndefined();
});

test('an event that was given up comes when the client resumes, although it has seen later ones', async () => {
  const { publish, pass, resume, received, pushes, dependencies, connections, closed, clock } = createWorld({
    onPost: async (eventId) => (eventId === 'lost' && closed.length === 0 ? 'failed' : undefined),
  });
  await connections.subscribe(subscription);
  await publish('lost');
  for (const message of pushes) {
    pass(15_000);
    await publish(`after ${message.rest?.attempt}`);
    await deliverPush(dependencies, await filePush(dependencies, pushMessageSchema.parse(message)));
  }
  const before = received.map(({ eventId }) => eventId);
  const lastCursor = Number.parseInt(received.at(-1)?.cursor ?? '', 36);
  pass(10_000);

  await resume(lastCursor);

  expect(before).toEqual(['after 2', 'after 3', 'after 4', 'after 5']);
  expect(closed).toEqual(['c']);
  expect(lastCursor).toBeGreaterThan(START + 45_000);
  expect(clock().getTime() - START).toBeGreaterThan(60_000);
  expect(received.slice(4)).toContainEqual(expect.objectContaining({ eventId: 'lost', replayed: true }));
});
