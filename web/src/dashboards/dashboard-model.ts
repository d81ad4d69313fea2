import { computed, signal } from '@preact/signals';
import { messageOf } from '../api/client.ts';
import type { Dashboard } from '../api/contract.ts';
import type { DashboardOrigin } from './dashboard-origin.ts';
import { createDashboardReading } from './dashboard-reading.ts';
import { createDashboardSaving } from './dashboard-saving.ts';

/** One open dashboard: what it is, what it shows, and how both are kept. */
export const createDashboardModel = (origin: DashboardOrigin) => {
  const dashboard = signal<Dashboard | undefined>();
  /** Why there is nothing to show. */
  const failure = signal<string | undefined>();
  const { begin, ...saving } = createDashboardSaving(origin, dashboard);
  const reading = createDashboardReading(origin, dashboard, () => saving.saveStatus.value === 'saving');
  return {
    dashboard,
    failure,
    ...saving,
    ...reading,
    canWrite: computed(() => origin.replace !== undefined && dashboard.value?.readyMade === false),
    async load(): Promise<void> {
      failure.value = undefined;
      const data = reading.readData();
      try {
        begin(await origin.get());
      } catch (error) {
        failure.value = messageOf(error);
      }
      await data;
    },
  };
};

export type DashboardModel = ReturnType<typeof createDashboardModel>;
