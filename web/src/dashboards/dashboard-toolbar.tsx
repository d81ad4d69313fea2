import type { ComponentChildren } from 'preact';
import type { ConnectionState } from '../../../sdk/index.ts';
import { formatTime } from '../format/number-format.ts';
import { Icon } from '../icon.tsx';
import { showRange } from '../route.ts';
import { TimeRangePicker } from '../time/time-range-picker.tsx';
import type { DashboardModel } from './dashboard-model.ts';

export interface DashboardToolbarProps {
  readonly model: DashboardModel;
  /** Undefined where nothing is pushed. */
  readonly live: ConnectionState | undefined;
  readonly title: ComponentChildren;
  readonly children?: ComponentChildren;
}

const LIVE_TEXT: { readonly [state in ConnectionState]: string } = {
  open: 'Live',
  connecting: 'Connecting…',
  waiting: 'Offline, trying again',
  closed: 'Offline',
};

const SAVE_TEXT = { saved: '', saving: 'Saving…', unsaved: 'Not saved' } as const;

const Freshness = ({ model, live }: Pick<DashboardToolbarProps, 'model' | 'live'>) => {
  const readAt = model.readAt.value?.toISOString();
  return (
    <p class="freshness" role="status">
      {live !== undefined && (
        <span class="live" data-status={live}>
          {LIVE_TEXT[live]}
        </span>
      )}
      {readAt !== undefined && <span>as of {formatTime(readAt, { timeStyle: 'medium' })}</span>}
      {SAVE_TEXT[model.saveStatus.value] !== '' && <span>{SAVE_TEXT[model.saveStatus.value]}</span>}
    </p>
  );
};

/** The head of a dashboard: what it is, of when, how fresh, and what can be done with it. */
export const DashboardToolbar = ({ model, live, title, children }: DashboardToolbarProps) => (
  <div class="page-header">
    <div class="page-title">
      {title}
      <Freshness model={model} live={live} />
    </div>
    <div class="page-actions">
      <TimeRangePicker range={model.range.value} own={model.dashboard.value?.timeRange} onChange={showRange} />
      <button
        type="button"
        class="icon-button bordered"
        aria-label="Read again"
        title="Read again"
        data-busy={model.isReading.value}
        onClick={model.readData}
      >
        <Icon name="refresh" />
      </button>
      {children}
    </div>
  </div>
);

/** What stands between the reader and the newest state. */
export const DashboardBanners = ({ model }: Pick<DashboardToolbarProps, 'model'>) => (
  <>
    {model.conflict.value && (
      <p class="banner" role="alert">
        Somebody else has changed this dashboard; your last change was not saved.{' '}
        <button type="button" class="link-button" onClick={model.load}>
          Reload theirs
        </button>
      </p>
    )}
    {model.saveProblem.value !== undefined && (
      <p class="banner" role="alert">
        Not saved: {model.saveProblem.value}
      </p>
    )}
    {model.staleness.value !== undefined && (
      <p class="banner" role="alert">
        {model.staleness.value}{' '}
        <button type="button" class="link-button" onClick={model.readData}>
          Try again
        </button>
      </p>
    )}
  </>
);
