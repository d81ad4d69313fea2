import type { Dashboard, DashboardSummary } from './dashboard.ts';
import type { Share } from './share.ts';

/** Dashboards that people made; those that plugins bring are in their manifests. */
export interface DashboardStore {
  /** Keeps a dashboard under an id that is new. */
  create(tenant: string, dashboard: Dashboard): Promise<void>;
  get(tenant: string, id: string): Promise<Dashboard | undefined>;
  /** A tenant's dashboards, oldest first. */
  list(tenant: string): Promise<DashboardSummary[]>;
  /** Keeps the next version of a dashboard; returns false, and keeps the other, when it is not the next any more. */
  replace(tenant: string, dashboard: Dashboard): Promise<boolean>;
  /** Deletes a dashboard as long as it has this version; returns whether it did. */
  delete(tenant: string, id: string, version: number): Promise<boolean>;
}

/** Links that show a dashboard to whoever holds them. */
export interface ShareStore {
  add(share: Share, hash: string): Promise<void>;
  /** The share of a token's hash, unless it was revoked. */
  find(hash: string): Promise<Share | undefined>;
  /** The shares of a dashboard, oldest first; some of them may have expired. */
  list(tenant: string, dashboardId: string): Promise<Share[]>;
  /** Returns whether there was such a share. */
  revoke(tenant: string, dashboardId: string, id: string): Promise<boolean>;
}
