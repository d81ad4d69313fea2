import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDynamoDbEventFeed } from '../../functions/adapters/dynamodb-event-feed.ts';
import { createMemoryEventFeed } from '../../functions/adapters/memory/memory-event-feed.ts';
import { toFeedKey } from '../../functions/core/cursor.ts';
import type { Clock, EventFeed, FeedEntry } from '../../functions/core/ports.ts';
import type { EventBatch } from '../../functions/core/push-event.ts';
import { startLocalStores } from '../support/local-stores.ts';

let stores: Awaited<ReturnType<typeof startLocalStores>>;
beforeAll(async () => {
  stores = await startLocalStores(inject('assemblyDir'));
});
afterAll(() => stores.stop());

const implementations: Record<string, (clock: Clock) => EventFeed> = {
  memory: (clock) => createMemoryEventFeed({ clock }),
  dynamodb: (clock) =>
    createDynamoDbEventFeed({ client: stores.dynamodb, table: stores.eventsTable, clock, retentionHours: 24 }),
};

const START = Date.UTC(2026, 0, 1, 11, 59, 58);

const batchOf = (tenant: string, eventId: string): EventBatch => ({
  tenant,
  events: [
    {
      event: 'analytics:update',
      eventId,
      stream: 'analytics',
      occurredAt: '2026-01-01T00:00:00.000Z',
      fields: { event: 'analytics:update' },
      data: { text: 'é' },
    },
  ],
  fields: { type: 'a', userId: ['ann', 'bob'] },
});

const readAll = async (feed: EventFeed, tenant: string, from: number, before = Number.POSITIVE_INFINITY) => {
  const entries: FeedEntry[] = [];
  let after: string | undefined = toFeedKey(from);
  while (after !== undefined) {
    const page = await feed.read(tenant, after, before);
    entries.push(...page.entries);
    after = page.next;
  }
  return entries;
};

const idsOf = (entries: readonly FeedEntry[]) =>
  entries.flatMap(({ batch }) => batch.events.map((event) => event.eventId));

describe.each(Object.keys(implementations))('the event feed (%s)', (name) => {
  /** A feed, and a clock that stands still until it is told. */
  const create = () => {
    let now = START;
    const feed = implementations[name]?.(() => new Date(now)) ?? expect.unreachable();
    return { feed, pass: (ms: number) => (now += ms) };
  };

  test('gives back what was filed, as it was, to its tenant alone', async () => {
    const { feed } = create();
    const tenant = randomUUID();

    const position = await feed.append(batchOf(tenant, '1'));
    await feed.append(batchOf(randomUUID(), '2'));

    expect(position).toBe(START);
    expect(await readAll(feed, tenant, START)).toEqual([
      { key: expect.stringMatching(/^\d{13}#/), position, batch: batchOf(tenant, '1') },
    ]);
  });

  test('is read in the order of time, over many pages and hours, from and up to any position', async () => {
    const { feed, pass } = create();
    const tenant = randomUUID();
    for (let index = 0; index < 320; index += 1) {
      await feed.append(batchOf(tenant, String(index)));
      pass(index % 280 === 279 ? 3_600_000 : 7);
    }
    const ids = Array.from({ length: 320 }, (_, index) => String(index));

    expect(idsOf(await readAll(feed, tenant, START - 86_400_000))).toEqual(ids);
    expect(idsOf(await readAll(feed, tenant, START + 7 * 10))).toEqual(ids.slice(10));
    expect(idsOf(await readAll(feed, tenant, START, START + 7 * 20))).toEqual(ids.slice(0, 20));
  });

  test('goes on behind an entry that has been read', async () => {
    const { feed } = create();
    const tenant = randomUUID();
    for (const id of ['1', '2', '3']) await feed.append(batchOf(tenant, id));
    const all = await readAll(feed, tenant, START);

    const { entries } = await feed.read(tenant, all[1]?.key ?? '', Number.POSITIVE_INFINITY);

    expect(entries).toEqual(all.slice(2));
  });

  test('knows the oldest delivery that has not ended, or ended late', async () => {
    const { feed, pass } = create();
    const tenant = randomUUID();
    const first = await feed.beginDelivery(tenant, START);
    const second = await feed.beginDelivery(tenant, START + 500);
    await feed.beginDelivery(randomUUID(), START - 1_000);

    expect(await feed.oldestDelivery(tenant, START)).toBe(START);
    await feed.endDelivery(tenant, first);
    expect(await feed.oldestDelivery(tenant, START)).toBe(START + 500);
    pass(60_000);
    await feed.endDelivery(tenant, second);
    expect(await feed.oldestDelivery(tenant, START + 60_000)).toBe(START + 500);
    expect(await feed.oldestDelivery(tenant, START + 60_001)).toBeUndefined();
  });
});
