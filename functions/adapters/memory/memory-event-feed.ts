import { overlapBefore, toFeedKey } from '../../core/cursor.ts';
import type { Clock, EventFeed, FeedEntry } from '../../core/ports.ts';

export const createMemoryEventFeed = ({ clock }: { clock: Clock }): EventFeed => {
  const entries: FeedEntry[] = [];
  const deliveries = new Map<string, { tenant: string; position: number; endedAt?: number }>();
  let last = 0;
  const nextKey = (position: number): string => {
    last += 1;
    return `${toFeedKey(position)}#${String(last).padStart(9, '0')}`;
  };
  return {
    async append(batch) {
      const position = clock().getTime();
      entries.push({ key: nextKey(position), position, batch });
      return position;
    },
    read: async (tenant, after, before) => ({
      entries: entries
        .filter(({ key, position, batch }) => batch.tenant === tenant && key > after && position < before)
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
      next: undefined,
    }),
    async beginDelivery(tenant, position) {
      const deliveryId = nextKey(position);
      deliveries.set(deliveryId, { tenant, position });
      return deliveryId;
    },
    async endDelivery(_, deliveryId) {
      const delivery = deliveries.get(deliveryId);
      const now = clock().getTime();
      if (delivery !== undefined && delivery.position < overlapBefore(now)) {
        deliveries.set(deliveryId, { ...delivery, endedAt: now });
      } else deliveries.delete(deliveryId);
    },
    async oldestDelivery(tenant, since) {
      const open = [...deliveries.values()].filter(
        (delivery) => delivery.tenant === tenant && (delivery.endedAt ?? since) >= since,
      );
      return open.length === 0 ? undefined : Math.min(...open.map(({ position }) => position));
    },
  };
};
