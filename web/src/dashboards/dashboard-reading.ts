import { batch, type Signal, signal } from '@preact/signals';
import { ApiError, messageOf } from '../api/client.ts';
import type { AnomalyData, Dashboard, DashboardData, TimeRange, Widget, WidgetData } from '../api/contract.ts';
import { alarmKeys } from '../charts/anomaly-option.ts';
import { concerns } from './concerns.ts';
import type { DashboardOrigin } from './dashboard-origin.ts';

/** What a dashboard shows, and how it is kept up to date. */

/** Milliseconds in which updates are gathered: analyses often end together. */
const GATHER_MS = 700;
/** Data older than this is read anew when the reader comes back to the tab. */
const STALE_MS = 60_000;

type Answers = DashboardData['widgets'];
type AlarmsByWidget = { readonly [widgetId: string]: ReadonlySet<string> | undefined };

const isAnomaly = (answer: WidgetData | undefined): answer is WidgetData & { status: 'ok' } & AnomalyData =>
  answer?.status === 'ok' && 'incidents' in answer;

/** Keeps what was not asked for and what has not changed, so that only what has is drawn anew. */
const mergeAnswers = (before: Answers, after: Answers): Answers =>
  Object.fromEntries(
    Object.entries({ ...before, ...after }).map(([id, answer]) => {
      const known = before[id];
      return [id, known !== undefined && JSON.stringify(known) === JSON.stringify(answer) ? known : answer];
    }),
  );

/** The alarms that are marked as new, with those that `after` has and `before` had not. */
const addNewAlarms = (marked: AlarmsByWidget, before: Answers, after: Answers): AlarmsByWidget => {
  const fresh = Object.entries(after).flatMap(([id, answer]) => {
    const known = before[id];
    if (known === answer || !isAnomaly(known) || !isAnomaly(answer)) return [];
    const keys = new Set(alarmKeys(known));
    return [[id, new Set([...(marked[id] ?? []), ...alarmKeys(answer).filter((key) => !keys.has(key))])] as const];
  });
  return { ...marked, ...Object.fromEntries(fresh) };
};

interface ReadOptions {
  /** Whether alarms that were not there before are news. */
  readonly marksAlarms: boolean;
  /** @default all */
  readonly widgets?: readonly string[];
}

/** Reads data, one reading at a time, of which the newest counts. */
const createReader = (origin: DashboardOrigin) => {
  const answers = signal<Answers>({});
  const newAlarms = signal<AlarmsByWidget>({});
  const range = signal<TimeRange | undefined>();
  /** Why what is shown could not be brought up to date. */
  const staleness = signal<string | undefined>();
  const isReading = signal(false);
  const readAt = signal<Date | undefined>();
  let reading: AbortController | undefined;

  const fetchData = (widgets: readonly string[] | undefined, stop: AbortSignal): Promise<DashboardData> =>
    origin.data({ range: range.value, widgets, signal: stop }).catch((error: unknown) => {
      // Somebody else may have removed one of these widgets.
      const isOutdated = widgets !== undefined && error instanceof ApiError && error.status === 400;
      if (!isOutdated) throw error;
      return origin.data({ range: range.value, widgets: undefined, signal: stop });
    });

  const show = (data: DashboardData, { marksAlarms }: ReadOptions): void =>
    batch(() => {
      const before = answers.value;
      const after = mergeAnswers(before, data.widgets);
      newAlarms.value = marksAlarms ? addNewAlarms(newAlarms.value, before, after) : {};
      answers.value = after;
      readAt.value = new Date(data.generatedAt);
      staleness.value = undefined;
    });

  const read = async (options: ReadOptions): Promise<void> => {
    reading?.abort();
    const controller = new AbortController();
    reading = controller;
    isReading.value = true;
    try {
      show(await fetchData(options.widgets, controller.signal), options);
    } catch (error) {
      if (!controller.signal.aborted) staleness.value = messageOf(error);
    } finally {
      if (reading === controller) isReading.value = false;
    }
  };

  return { answers, newAlarms, range, staleness, isReading, readAt, read, stop: () => reading?.abort() };
};

/** @param isSaving while it is true, the service may not know every widget yet */
export const createDashboardReading = (
  origin: DashboardOrigin,
  dashboard: Signal<Dashboard | undefined>,
  isSaving: () => boolean,
) => {
  const { read, stop, ...state } = createReader(origin);
  /** Plugins with results that are not shown yet. */
  const touched = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const gather = (): void => {
    timer ??= setTimeout(readTouched, GATHER_MS);
  };

  const readTouched = (): void => {
    timer = undefined;
    // What is under way is not given up, or results that come in quick succession would never be shown.
    if (state.isReading.value || isSaving()) {
      gather();
      return;
    }
    const isTouched = (widget: Widget): boolean => [...touched].some((plugin) => concerns(widget, plugin));
    const widgets = dashboard.value?.widgets.filter(isTouched).map(({ id }) => id) ?? [];
    touched.clear();
    if (widgets.length > 0) read({ marksAlarms: true, widgets });
  };

  return {
    ...state,
    readData: () => read({ marksAlarms: false }),
    async showRange(next: TimeRange | undefined): Promise<void> {
      state.range.value = next;
      await read({ marksAlarms: false });
    },
    /** A plugin has a new result: what shows it is read anew, together with whatever else comes shortly after. */
    touch(plugin: string): void {
      touched.add(plugin);
      gather();
    },
    /** The reader is back: a period that ends now has moved on. */
    comeBack(): void {
      const age = Date.now() - (state.readAt.value?.getTime() ?? 0);
      if (age > STALE_MS) read({ marksAlarms: true });
    },
    close(): void {
      clearTimeout(timer);
      stop();
    },
  };
};
