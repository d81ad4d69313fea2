import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../api/client.ts';
import type { DashboardSummary } from '../api/contract.ts';
import type { DashboardsApi } from '../api/dashboards.ts';
import { formatTime } from '../format/number-format.ts';
import { Icon } from '../icon.tsx';
import { Menu } from '../menu.tsx';
import { dashboardPath, followLink, navigate } from '../route.ts';

interface Listing {
  readonly dashboards?: readonly DashboardSummary[];
  readonly problem?: string;
}

interface CardProps {
  readonly dashboard: DashboardSummary;
  readonly canChange: boolean;
  readonly onDuplicate: () => void;
  readonly onDelete: () => void;
}

const DashboardCard = ({ dashboard, canChange, onDuplicate, onDelete }: CardProps) => {
  const { id, name, description, readyMade, updatedAt } = dashboard;
  const duplicate = { label: 'Duplicate', onSelect: onDuplicate };
  const items = readyMade === true ? [duplicate] : [duplicate, { label: 'Delete', onSelect: onDelete }];
  return (
    <li class="dashboard-card">
      <div>
        <a href={dashboardPath(id)} onClick={followLink}>
          {name}
        </a>
        {description !== undefined && description !== '' && <p>{description}</p>}
        {updatedAt !== undefined && readyMade !== true && <p class="hint">Changed {formatTime(updatedAt)}</p>}
      </div>
      {canChange && <Menu label={`Actions of ${name}`} icon="dots" items={items} />}
    </li>
  );
};

const Skeletons = () => (
  <ul class="dashboard-list" aria-label="Loading">
    {[1, 2, 3].map((index) => (
      <li key={index} class="dashboard-card">
        <div class="skeleton" />
      </li>
    ))}
  </ul>
);

/** Every dashboard: those that the plugins bring, and the tenant's own. */
export const ListPage = ({ api }: { readonly api: DashboardsApi }) => {
  const [listing, setListing] = useState<Listing>({});

  const read = async (): Promise<void> => {
    try {
      setListing({ dashboards: await api.list() });
    } catch (error) {
      setListing({ problem: messageOf(error) });
    }
  };
  useEffect(() => {
    document.title = 'Dashboards – AI Analytics';
    read();
  }, [api]);

  const attempt = async (action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      setListing((before) => ({ ...before, problem: messageOf(error) }));
    }
  };
  const create = () =>
    attempt(async () => {
      const { body } = await api.create({ name: 'New dashboard', timeRange: { last: '24h' }, widgets: [] });
      navigate(dashboardPath(body.id));
    });
  const { change } = api.permissions.value;
  const card = (dashboard: DashboardSummary) => (
    <DashboardCard
      key={dashboard.id}
      dashboard={dashboard}
      canChange={change}
      onDuplicate={() => attempt(async () => navigate(dashboardPath((await api.duplicate(dashboard.id)).body.id)))}
      onDelete={() =>
        attempt(async () => {
          if (!confirm(`Delete the dashboard “${dashboard.name}”? This cannot be undone.`)) return;
          await api.remove(dashboard.id);
          await read();
        })
      }
    />
  );

  const own = listing.dashboards?.filter(({ readyMade }) => readyMade !== true) ?? [];
  const readyMade = listing.dashboards?.filter((dashboard) => dashboard.readyMade === true) ?? [];
  return (
    <main class="page">
      <div class="page-header">
        <h1>Dashboards</h1>
        {change && (
          <button type="button" class="button primary" onClick={create}>
            <Icon name="add" />
            New dashboard
          </button>
        )}
      </div>
      {listing.problem !== undefined && (
        <p class="banner" role="alert">
          {listing.problem}{' '}
          <button type="button" class="link-button" onClick={read}>
            Try again
          </button>
        </p>
      )}
      {listing.dashboards === undefined && listing.problem === undefined && <Skeletons />}
      {listing.dashboards !== undefined && (
        <>
          <h2>Ready-made, from the plugins</h2>
          <ul class="dashboard-list">{readyMade.map(card)}</ul>
          <h2>Yours</h2>
          {own.length === 0 ? (
            <p class="hint">None yet.{change && ' Make a new one, or duplicate a ready-made one to change it.'}</p>
          ) : (
            <ul class="dashboard-list">{own.map(card)}</ul>
          )}
        </>
      )}
    </main>
  );
};
