import type { ApiAnswer } from '../api/client.ts';
import type { Dashboard, DashboardData } from '../api/contract.ts';
import type { DashboardDraft, DataRequest } from '../api/dashboards.ts';

/** Where a dashboard comes from: the API, or a link that was shared. */
export interface DashboardOrigin {
  get(): Promise<ApiAnswer<Dashboard>>;
  data(asked: DataRequest): Promise<DashboardData>;
  /** Absent where it can only be read. */
  replace?(draft: DashboardDraft, ifMatch: string | undefined): Promise<ApiAnswer<Dashboard>>;
}
