import { toQuery } from '../time/time-range.ts';
import type { ApiAnswer, ApiClient } from './client.ts';
import type { Dashboard, DashboardData, DashboardSummary, DataSource, TimeRange } from './contract.ts';

/** What a writer says of a dashboard. */
export type DashboardDraft = Pick<Dashboard, 'name' | 'description' | 'timeRange' | 'widgets'>;

export interface ShareLink {
  readonly url: string;
  readonly expiresAt: string;
}

const pathOf = (id: string): string => `/api/dashboard/${encodeURIComponent(id)}`;

const withQuery = (path: string, range: TimeRange | undefined): string => {
  const query = toQuery(range).toString();
  return query === '' ? path : `${path}?${query}`;
};

const onlyDashboard = async (
  answer: Promise<ApiAnswer<{ readonly dashboard: Dashboard }>>,
): Promise<ApiAnswer<Dashboard>> => {
  const { body, etag } = await answer;
  return { body: body.dashboard, etag };
};

export const createDashboardsApi = ({ request }: ApiClient) => ({
  async list(): Promise<readonly DashboardSummary[]> {
    return (await request<{ dashboards: DashboardSummary[] }>('/api/dashboard')).body.dashboards;
  },
  async catalog(): Promise<readonly DataSource[]> {
    return (await request<{ sources: DataSource[] }>('/api/metrics-catalog')).body.sources;
  },
  get: (id: string) => onlyDashboard(request(pathOf(id))),
  create: (draft: Omit<DashboardDraft, 'description'>) =>
    onlyDashboard(request('/api/dashboard', { method: 'POST', body: draft })),
  replace: (id: string, draft: DashboardDraft, ifMatch: string | undefined) =>
    onlyDashboard(request(pathOf(id), { method: 'PUT', body: draft, ifMatch })),
  duplicate: (id: string) => onlyDashboard(request(`${pathOf(id)}/duplicate`, { method: 'POST' })),
  async remove(id: string): Promise<void> {
    await request(pathOf(id), { method: 'DELETE' });
  },
  async data(id: string, range: TimeRange | undefined, signal: AbortSignal): Promise<DashboardData> {
    return (await request<DashboardData>(withQuery(`${pathOf(id)}/data`, range), { signal })).body;
  },
  async share(id: string, expiresInHours: number): Promise<ShareLink> {
    return (await request<ShareLink>(`${pathOf(id)}/share`, { method: 'POST', body: { expiresInHours } })).body;
  },
  shared: (token: string) => onlyDashboard(request(`/api/shared/${encodeURIComponent(token)}`)),
  async sharedData(token: string, range: TimeRange | undefined, signal: AbortSignal): Promise<DashboardData> {
    const path = `/api/shared/${encodeURIComponent(token)}/data`;
    return (await request<DashboardData>(withQuery(path, range), { signal })).body;
  },
});

export type DashboardsApi = ReturnType<typeof createDashboardsApi>;
