import { useEffect, useMemo, useState } from 'preact/hooks';
import { messageOf } from '../api/client.ts';
import type { TimeRange, Widget } from '../api/contract.ts';
import { Icon } from '../icon.tsx';
import { feed } from '../live/feed.ts';
import { FeedPanel } from '../live/feed-panel.tsx';
import { Menu, type MenuItem } from '../menu.tsx';
import { dashboardPath, followLink, navigate } from '../route.ts';
import type { Session } from '../session/session.ts';
import { createDashboardModel, type DashboardModel } from './dashboard-model.ts';
import { DashboardBanners, DashboardToolbar } from './dashboard-toolbar.tsx';
import { DashboardView } from './dashboard-view.tsx';
import { LazyOverlays } from './lazy-overlays.tsx';
import type { Overlay } from './overlays.tsx';

export interface DashboardPageProps {
  readonly session: Session;
  readonly id: string;
  readonly range: TimeRange | undefined;
}

const CLOSED: Overlay = { kind: 'none' };

/** Opens the model, keeps it up to date by what is pushed, and closes it with the page. */
const useDashboard = ({ session, id, range }: DashboardPageProps): DashboardModel => {
  const model = useMemo(
    () =>
      createDashboardModel({
        get: () => session.api.get(id),
        data: (asked) => session.api.data(id, asked),
        replace: (draft, ifMatch) => session.api.replace(id, draft, ifMatch),
      }),
    [session, id],
  );
  useEffect(() => {
    model.range.value = range;
    model.load();
    const forget = session.onResult((plugin) => (plugin === undefined ? model.readData() : model.touch(plugin)));
    const onVisible = (): void => {
      if (document.visibilityState === 'visible') model.comeBack();
    };
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      forget();
      document.removeEventListener('visibilitychange', onVisible);
      model.close();
    };
  }, [model]);
  const key = JSON.stringify(range);
  useEffect(() => {
    if (JSON.stringify(model.range.value) !== key) model.showRange(range);
  }, [model, key]);
  return model;
};

interface ActionsProps {
  readonly model: DashboardModel;
  readonly session: Session;
  readonly isEditing: boolean;
  readonly setEditing: (isEditing: boolean) => void;
  readonly open: (overlay: Overlay) => void;
}

const Actions = ({ model, session, isEditing, setEditing, open }: ActionsProps) => {
  const dashboard = model.dashboard.value;
  if (dashboard === undefined) return null;
  const attempt = (action: () => Promise<void>) => async (): Promise<void> => {
    await action().catch((error: unknown) => {
      model.saveProblem.value = messageOf(error);
    });
  };
  const duplicate = attempt(async () => navigate(dashboardPath((await session.api.duplicate(dashboard.id)).body.id)));
  const remove = attempt(async () => {
    if (!confirm(`Delete the dashboard “${dashboard.name}”? This cannot be undone.`)) return;
    await session.api.remove(dashboard.id);
    navigate('/');
  });
  const { change, share } = session.api.permissions.value;
  const canEdit = change && model.canWrite.value;
  const items: MenuItem[] = [
    ...(canEdit ? [{ label: 'Name and range', onSelect: () => open({ kind: 'settings' }) }] : []),
    ...(share ? [{ label: 'Share a link', onSelect: () => open({ kind: 'share' }) }] : []),
    ...(canEdit
      ? [
          { label: 'Duplicate', onSelect: duplicate },
          { label: 'Delete', onSelect: remove },
        ]
      : []),
  ];
  return (
    <>
      {change && !canEdit && (
        <button type="button" class="button primary" onClick={duplicate}>
          Duplicate to edit
        </button>
      )}
      {canEdit && isEditing && (
        <button type="button" class="button" onClick={() => open({ kind: 'widget', widget: undefined })}>
          <Icon name="add" />
          Add widget
        </button>
      )}
      {canEdit && (
        <button
          type="button"
          class={isEditing ? 'button primary' : 'button'}
          aria-pressed={isEditing}
          onClick={() => setEditing(!isEditing)}
        >
          <Icon name="edit" />
          {isEditing ? 'Done' : 'Edit'}
        </button>
      )}
      {items.length > 0 && <Menu label="Actions of this dashboard" icon="dots" items={items} />}
    </>
  );
};

const EmptyDashboard = ({ onAdd }: { readonly onAdd: (() => void) | undefined }) => (
  <section class="first-steps">
    <h2>This dashboard is empty</h2>
    {onAdd === undefined ? (
      <p>Your credential may read it, and not add widgets: that takes the scope “submit”.</p>
    ) : (
      <>
        <p>Add a widget for each thing you want to see: a metric over time, a single figure, a forecast, anomalies.</p>
        <button type="button" class="button primary" onClick={onAdd}>
          <Icon name="add" />
          Add the first widget
        </button>
      </>
    )}
  </section>
);

export const DashboardPage = (props: DashboardPageProps) => {
  const { session } = props;
  const model = useDashboard(props);
  const [isEditing, setEditing] = useState(false);
  const [overlay, setOverlay] = useState<Overlay>(CLOSED);
  const [showsFeed, setShowsFeed] = useState(false);
  const dashboard = model.dashboard.value;
  const { change } = session.api.permissions.value;
  const canEdit = isEditing && change && model.canWrite.value;
  const failure = model.failure.value;

  useEffect(() => {
    document.title = `${dashboard?.name ?? 'Dashboard'} – AI Analytics`;
  }, [dashboard?.name]);

  if (failure !== undefined) {
    return (
      <main class="page">
        <p class="banner" role="alert">
          {failure}{' '}
          <button type="button" class="link-button" onClick={model.load}>
            Try again
          </button>{' '}
          or{' '}
          <a href="/" onClick={followLink}>
            see all dashboards
          </a>
          .
        </p>
      </main>
    );
  }
  const actionsOf = (widget: Widget): MenuItem[] =>
    canEdit && dashboard !== undefined
      ? [
          { label: 'Edit', onSelect: () => setOverlay({ kind: 'widget', widget }) },
          {
            label: 'Remove',
            onSelect: () =>
              model.saveQuietly({ ...dashboard, widgets: dashboard.widgets.filter(({ id }) => id !== widget.id) }),
          },
        ]
      : [];
  const addFirst = (): void => {
    setEditing(true);
    setOverlay({ kind: 'widget', widget: undefined });
  };
  const grave = feed.value.filter(({ isNew, severity }) => isNew && severity === 'critical').length;
  return (
    <div class={showsFeed ? 'with-feed' : ''}>
      <main class="page">
        <DashboardToolbar
          model={model}
          live={session.connection.value}
          title={
            <>
              <h1>{dashboard?.name ?? 'Dashboard'}</h1>
              {dashboard?.description !== undefined && <p class="hint">{dashboard.description}</p>}
            </>
          }
        >
          <button type="button" class="button" aria-expanded={showsFeed} onClick={() => setShowsFeed(!showsFeed)}>
            <Icon name="bell" />
            Insights{grave > 0 && <span class="badge">{grave}</span>}
          </button>
          <Actions {...{ model, session, isEditing, setEditing }} open={setOverlay} />
        </DashboardToolbar>
        <DashboardBanners model={model} />
        {dashboard?.widgets.length === 0 && <EmptyDashboard onAdd={change ? addFirst : undefined} />}
        <DashboardView model={model} isEditing={canEdit} actionsOf={actionsOf} />
      </main>
      {showsFeed && <FeedPanel onClose={() => setShowsFeed(false)} />}
      {dashboard !== undefined && overlay.kind !== 'none' && (
        <LazyOverlays {...{ overlay, model, session, dashboard }} onClose={() => setOverlay(CLOSED)} />
      )}
    </div>
  );
};
