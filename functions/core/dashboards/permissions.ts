import type { Scope } from '../authenticate.ts';

/** What a credential may do with its tenant's dashboards beside reading them, so that a page offers nothing else. */
export interface DashboardPermissions {
  /** Create, change, duplicate and delete them. */
  readonly change: boolean;
  /** Make, list and revoke links to them. */
  readonly share: boolean;
}

export const permissionsOf = (scopes: readonly Scope[]): DashboardPermissions => ({
  change: scopes.includes('submit'),
  share: scopes.includes('admin'),
});
