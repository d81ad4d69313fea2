import { batch, computed, signal } from '@preact/signals';
import type { ApiAnswer } from '../api/client.ts';
import { ApiError, messageOf } from '../api/client.ts';
import type { AnomalyData, Dashboard, DashboardData, TimeRange, Widget, WidgetData } from '../api/contract.ts';
import type { DashboardDraft } from '../api/dashboards.ts';
import { alarmKeys } from '../charts/anomaly-option.ts';
import { withoutOverlaps } from '../layout/grid-layout.ts';

/** One open dashboard: what it is, what it shows, and how both are kept up to date. */

/** Where a dashboard comes from: the API, or a link that was shared. */
export interface DashboardOrigin {
  get(): Promise<ApiAnswer<Dashboard>>;
  data(range: TimeRange | undefined, signal: AbortSignal): Promise<DashboardData>;
  /** Absent where it can only be read. */
  replace?(draft: DashboardDraft, ifMatch: string | undefined): Promise<ApiAnswer<Dashboard>>;
}

type SaveStatus = 'saved' | 'saving' | 'unsaved';

/** Milliseconds in which updates are gathered: analyses often end together. */
const GATHER_MS = 700;
/** Data older than this is read anew when the reader comes back to the tab. */
const STALE_MS = 60_000;

const NO_ALARMS: ReadonlySet<string> = new Set();

const draftOf = ({ name, description, timeRange, widgets }: Dashboard): DashboardDraft => ({
  name,
  description,
  timeRange,
  widgets,
});

const isAnomaly = (answer: WidgetData | undefined): answer is WidgetData & { status: 'ok' } & AnomalyData =>
  answer?.status === 'ok' && 'incidents' in answer;

/** Whether a plugin's new result can change what a widget shows. A source without a plugin's name may be anybody's. */
export const concerns = ({ config }: Widget, plugin: string): boolean => {
  const sources = [config.dataSource, config.x, config.y].filter((source) => source !== undefined);
  return sources.some((source) => !source.includes('.') || source.startsWith(`${plugin}.`));
};

/** Keeps what has not changed, so that only what has is drawn anew. */
const mergeAnswers = (before: DashboardData['widgets'], after: DashboardData['widgets']): DashboardData['widgets'] =>
  Object.fromEntries(
    Object.entries(after).map(([id, answer]) => {
      const known = before[id];
      return [id, known !== undefined && JSON.stringify(known) === JSON.stringify(answer) ? known : answer];
    }),
  );

export const createDashboardModel = (origin: DashboardOrigin) => {
  const dashboard = signal<Dashboard | undefined>();
  const answers = signal<DashboardData['widgets']>({});
  const newAlarms = signal<{ readonly [widgetId: string]: ReadonlySet<string> | undefined }>({});
  const range = signal<TimeRange | undefined>();
  /** Why there is nothing to show. */
  const failure = signal<string | undefined>();
  /** Why what is shown could not be brought up to date. */
  const staleness = signal<string | undefined>();
  const isReading = signal(false);
  const readAt = signal<Date | undefined>();
  const saveStatus = signal<SaveStatus>('saved');
  /** Somebody else has changed the dashboard since it was read. */
  const conflict = signal(false);
  const saveProblem = signal<string | undefined>();
  let etag: string | undefined;
  let reading: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const adopt = ({ body, etag: version }: ApiAnswer<Dashboard>): void => {
    etag = version;
    dashboard.value = { ...body, widgets: withoutOverlaps(body.widgets) };
  };

  const markAlarms = (before: DashboardData['widgets'], after: DashboardData['widgets']): void => {
    const marked = { ...newAlarms.value };
    for (const [id, answer] of Object.entries(after)) {
      const known = before[id];
      if (known === answer || !isAnomaly(known) || !isAnomaly(answer)) continue;
      const keys = new Set(alarmKeys(known));
      const fresh = alarmKeys(answer).filter((key) => !keys.has(key));
      marked[id] = new Set([...(marked[id] ?? NO_ALARMS), ...fresh]);
    }
    newAlarms.value = marked;
  };

  const show = (data: DashboardData, options: { readonly marksAlarms: boolean }): void =>
    batch(() => {
      const before = answers.value;
      const after = mergeAnswers(before, data.widgets);
      if (options.marksAlarms) markAlarms(before, after);
      answers.value = after;
      readAt.value = new Date(data.generatedAt);
      staleness.value = undefined;
    });

  const readData = async (options = { marksAlarms: false }): Promise<void> => {
    reading?.abort();
    const controller = new AbortController();
    reading = controller;
    clearTimeout(timer);
    timer = undefined;
    isReading.value = true;
    try {
      show(await origin.data(range.value, controller.signal), options);
    } catch (error) {
      if (!controller.signal.aborted) staleness.value = messageOf(error);
    } finally {
      if (reading === controller) isReading.value = false;
    }
  };

  const load = async (): Promise<void> => {
    failure.value = undefined;
    const data = readData();
    try {
      adopt(await origin.get());
      conflict.value = false;
      saveProblem.value = undefined;
      saveStatus.value = 'saved';
    } catch (error) {
      failure.value = messageOf(error);
    }
    await data;
  };

  let saving: Promise<unknown> = Promise.resolve();

  const put = async (draft: DashboardDraft): Promise<void> => {
    if (origin.replace === undefined || conflict.value) return;
    const local = dashboard.value;
    const answer = await origin.replace(draft, etag);
    etag = answer.etag;
    // What was changed meanwhile is saved next, and must not jump back until then.
    if (dashboard.value === local) adopt(answer);
  };

  /** Shows a change at once and saves it after those before it. Rejects with what the API found wrong, and takes it back. */
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
    dashboard,
    answers,
    newAlarms,
    range,
    failure,
    staleness,
    isReading,
    readAt,
    saveStatus,
    saveProblem,
    conflict,
    canWrite: computed(() => origin.replace !== undefined && dashboard.value?.readyMade === false),
    load,
    readData: () => readData(),
    save,
    /** Saves where nobody waits for the answer; what went wrong is shown beside the dashboard. */
    async saveQuietly(next: Dashboard): Promise<void> {
      await save(next).catch((error: unknown) => {
        saveProblem.value = messageOf(error);
      });
    },
    async showRange(next: TimeRange | undefined): Promise<void> {
      range.value = next;
      newAlarms.value = {};
      await readData();
    },
    /** A plugin has a new result: what shows it is read anew, together with whatever else comes shortly after. */
    touch(plugin: string): void {
      if (timer !== undefined || !dashboard.value?.widgets.some((widget) => concerns(widget, plugin))) return;
      timer = setTimeout(() => readData({ marksAlarms: true }), GATHER_MS);
    },
    /** The reader is back: a period that ends now has moved on. */
    comeBack(): void {
      if (Date.now() - (readAt.value?.getTime() ?? 0) > STALE_MS) readData({ marksAlarms: true });
    },
    close(): void {
      clearTimeout(timer);
      reading?.abort();
    },
  };
};

export type DashboardModel = ReturnType<typeof createDashboardModel>;
