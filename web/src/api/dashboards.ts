import { signal } from '@preact/signals';
import { toQuery } from '../time/time-range.ts';
import type { ApiAnswer, ApiClient } from './client.ts';
import type {
  Dashboard,
  DashboardData,
  DashboardPermissions,
  DashboardSummary,
  DataSource,
  ShareView,
  TimeRange,
} from './contract.ts';

/** What a writer says of a dashboard. */
export type DashboardDraft = Pick<Dashboard, 'name' | 'description' | 'timeRange' | 'widgets'>;

export interface ShareLink {
  readonly id: string;
  readonly url: string;
  readonly expiresAt: string;
}

const pathOf = (id: string): string => `/api/dashboard/${encodeURIComponent(id)}`;

/** What of a dashboard is to be computed. */
export interface DataRequest {
  /** Undefined for the dashboard's own. */
  readonly range: TimeRange | undefined;
  /** Ids of the widgets; undefined for all. */
  readonly widgets: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

const withQuery = (path: string, { range, widgets }: DataRequest): string => {
  const query = toQuery(range);
  if (widgets !== undefined) query.set('widgets', widgets.join(','));
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
};

const onlyDashboard = async (
  answer: Promise<ApiAnswer<{ readonly dashboard: Dashboard }>>,
): Promise<ApiAnswer<Dashboard>> => {
  const { body, etag } = await answer;
  return { body: body.dashboard, etag };
};

interface Permitted {
  readonly permissions: DashboardPermissions;
}

export const createDashboardsApi = ({ request }: ApiClient) => {
  /** Nothing is offered before the service has said that it would be done. */
  const permissions = signal<DashboardPermissions>({ change: false, share: false });
  const learn = <T extends Permitted>(answer: ApiAnswer<T>): ApiAnswer<T> => {
    permissions.value = answer.body.permissions;
    return answer;
  };
  return {
    permissions,
    async list(): Promise<readonly DashboardSummary[]> {
      type Listing = Permitted & { readonly dashboards: DashboardSummary[] };
      return learn(await request<Listing>('/api/dashboard')).body.dashboards;
    },
    async catalog(): Promise<readonly DataSource[]> {
      return (await request<{ sources: DataSource[] }>('/api/metrics-catalog')).body.sources;
    },
    get: (id: string) => onlyDashboard(request<Permitted & { readonly dashboard: Dashboard }>(pathOf(id)).then(learn)),
    create: (draft: Omit<DashboardDraft, 'description'>) =>
      onlyDashboard(request('/api/dashboard', { method: 'POST', body: draft })),
    replace: (id: string, draft: DashboardDraft, ifMatch: string | undefined) =>
      onlyDashboard(request(pathOf(id), { method: 'PUT', body: draft, ifMatch })),
    duplicate: (id: string) => onlyDashboard(request(`${pathOf(id)}/duplicate`, { method: 'POST' })),
    async remove(id: string): Promise<void> {
      await request(pathOf(id), { method: 'DELETE' });
    },
    async data(id: string, asked: DataRequest): Promise<DashboardData> {
      return (await request<DashboardData>(withQuery(`${pathOf(id)}/data`, asked), { signal: asked.signal })).body;
    },
    async share(id: string, expiresInHours: number): Promise<ShareLink> {
      return (await request<ShareLink>(`${pathOf(id)}/share`, { method: 'POST', body: { expiresInHours } })).body;
    },
    async shares(id: string): Promise<readonly ShareView[]> {
      return (await request<{ shares: ShareView[] }>(`${pathOf(id)}/share`)).body.shares;
    },
    async revokeShare(id: string, shareId: string): Promise<void> {
      await request(`${pathOf(id)}/share/${encodeURIComponent(shareId)}`, { method: 'DELETE' });
    },
    shared: (token: string) => onlyDashboard(request(`/api/shared/${encodeURIComponent(token)}`)),
    async sharedData(token: string, asked: DataRequest): Promise<DashboardData> {
      const path = `/api/shared/${encodeURIComponent(token)}/data`;
      return (await request<DashboardData>(withQuery(path, asked), { signal: asked.signal })).body;
    },
  };
};

export type DashboardsApi = ReturnType<typeof createDashboardsApi>;
