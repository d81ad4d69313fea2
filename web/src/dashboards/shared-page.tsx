import { useEffect, useMemo } from 'preact/hooks';
import { createApiClient } from '../api/client.ts';
import type { TimeRange } from '../api/contract.ts';
import { createDashboardsApi } from '../api/dashboards.ts';
import { createDashboardModel } from './dashboard-model.ts';
import { DashboardBanners, DashboardToolbar } from './dashboard-toolbar.tsx';
import { DashboardView } from './dashboard-view.tsx';

export interface SharedPageProps {
  readonly token: string;
  readonly range: TimeRange | undefined;
}

/** A dashboard by a link: to be read, by whoever has the link, without signing in. */
export const SharedPage = ({ token, range }: SharedPageProps) => {
  const model = useMemo(() => {
    const api = createDashboardsApi(createApiClient({ token: undefined, onUnauthorized: () => {} }));
    return createDashboardModel({
      get: () => api.shared(token),
      data: (asked) => api.sharedData(token, asked),
    });
  }, [token]);
  useEffect(() => {
    model.range.value = range;
    model.load();
    return model.close;
  }, [model, JSON.stringify(range)]);
  const dashboard = model.dashboard.value;
  useEffect(() => {
    document.title = `${dashboard?.name ?? 'Shared dashboard'} – AI Analytics`;
  }, [dashboard?.name]);
  if (model.failure.value !== undefined) {
    return (
      <main class="page">
        <p class="banner" role="alert">
          This link does not open a dashboard: {model.failure.value} Ask whoever sent it for a new one.
        </p>
      </main>
    );
  }
  return (
    <main class="page">
      <DashboardToolbar
        model={model}
        live={undefined}
        title={
          <>
            <h1>{dashboard?.name ?? 'Shared dashboard'}</h1>
            <p class="hint">{dashboard?.description ?? 'Shared with you, to be read.'}</p>
          </>
        }
      />
      <DashboardBanners model={model} />
      <DashboardView model={model} isEditing={false} />
    </main>
  );
};
