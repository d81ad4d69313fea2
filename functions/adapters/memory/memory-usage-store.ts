import type { UsageBucket, UsageLevel, UsageScope, UsageStore } from '../../core/ports.ts';

export const createMemoryUsageStore = (): UsageStore => {
  const buckets = new Map<string, UsageBucket>();
  const keyOf = ({ tenant, type }: UsageScope, level: UsageLevel, start: Date) =>
    [tenant, type, level, start.toISOString()].join('\n');
  return {
    async read(scope, level, from, before) {
      const prefix = keyOf(scope, level, from).slice(0, -from.toISOString().length);
      return [...buckets]
        .filter(([key, { start }]) => key.startsWith(prefix) && start >= from && start < before)
        .map(([, bucket]) => bucket)
        .sort((a, b) => a.start.getTime() - b.start.getTime());
    },
    async store(scope, level, start, { totals, epoch, emptySince }) {
      const key = keyOf(scope, level, start);
      if ((buckets.get(key)?.epoch ?? 0) !== epoch) return false;
      buckets.set(key, { start, totals, epoch, ...(emptySince === undefined ? {} : { emptySince }) });
      return true;
    },
    async invalidate(scope, level, start) {
      const key = keyOf(scope, level, start);
      const { totals: _, ...bucket } = buckets.get(key) ?? { start, epoch: 0 };
      buckets.set(key, { ...bucket, epoch: bucket.epoch + 1 });
    },
  };
};
