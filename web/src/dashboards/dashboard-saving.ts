import { type Signal, signal } from '@preact/signals';
import { type ApiAnswer, ApiError, messageOf } from '../api/client.ts';
import type { Dashboard } from '../api/contract.ts';
import type { DashboardDraft } from '../api/dashboards.ts';
import { withoutOverlaps } from '../layout/grid-layout.ts';
import type { DashboardOrigin } from './dashboard-origin.ts';

/** How changes of a dashboard are kept: shown at once, saved one after the other, refused when somebody else was first. */

type SaveStatus = 'saved' | 'saving' | 'unsaved';

const draftOf = ({ name, description, timeRange, widgets }: Dashboard): DashboardDraft => ({
  name,
  description,
  timeRange,
  widgets,
});

export const createDashboardSaving = (origin: DashboardOrigin, dashboard: Signal<Dashboard | undefined>) => {
  const saveStatus = signal<SaveStatus>('saved');
  const saveProblem = signal<string | undefined>();
  /** Somebody else has changed the dashboard since it was read. */
  const conflict = signal(false);
  let etag: string | undefined;
  let saving: Promise<unknown> = Promise.resolve();

  const adopt = ({ body, etag: version }: ApiAnswer<Dashboard>): void => {
    etag = version;
    dashboard.value = { ...body, widgets: withoutOverlaps(body.widgets) };
  };

  const put = async (draft: DashboardDraft): Promise<void> => {
    if (origin.replace === undefined || conflict.value) return;
    const local = dashboard.value;
    const answer = await origin.replace(draft, etag);
    etag = answer.etag;
    // What was changed meanwhile is saved next, and must not jump back until then.
    if (dashboard.value === local) adopt(answer);
  };

  /** Rejects with what the API found wrong, and takes the change back. */
  const save = async (next: Dashboard): Promise<void> => {
    const before = dashboard.value;
    dashboard.value = next;
    saveStatus.value = 'saving';
    saveProblem.value = undefined;
    const mine = saving.catch(() => {}).then(() => put(draftOf(next)));
    saving = mine;
    try {
      await mine;
      if (saving === mine) saveStatus.value = conflict.value ? 'unsaved' : 'saved';
    } catch (error) {
      saveStatus.value = 'unsaved';
      if (error instanceof ApiError && error.status === 412) {
        conflict.value = true;
        return;
      }
      if (dashboard.value === next) dashboard.value = before;
      throw error;
    }
  };

  return {
    saveStatus,
    saveProblem,
    conflict,
    save,
    /** Saves where nobody waits for the answer; what went wrong is shown beside the dashboard. */
    async saveQuietly(next: Dashboard): Promise<void> {
      await save(next).catch((error: unknown) => {
        saveProblem.value = messageOf(error);
      });
    },
    /** Takes a dashboard as the service has it; what was not saved is given up. */
    begin(answer: ApiAnswer<Dashboard>): void {
      adopt(answer);
      conflict.value = false;
      saveProblem.value = undefined;
      saveStatus.value = 'saved';
    },
  };
};
