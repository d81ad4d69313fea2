import { AppError } from '../errors.ts';
import type { PluginCatalog } from '../ports.ts';
import { type Dashboard, type DashboardSummary, toSummary } from './dashboard.ts';
import type { DashboardStore } from './dashboard-store.ts';
import { findReadyMade, isReadyMade, listReadyMade } from './ready-made.ts';

export interface DashboardDependencies {
  readonly dashboards: DashboardStore;
  readonly catalog: PluginCatalog;
}

export interface DashboardRequest {
  readonly tenant: string;
  readonly id: string;
}

export const dashboardNotFound = (id: string): AppError =>
  new AppError('dashboard.not_found', `There is no dashboard ${id}`, {
    details: [{ field: 'id', message: 'unknown, or deleted' }],
  });

/**
 * A dashboard of a tenant, or one that a plugin brings.
 *
 * @throws {AppError} `dashboard.not_found`
 */
export const getDashboard = async (
  { dashboards, catalog }: DashboardDependencies,
  { tenant, id }: DashboardRequest,
): Promise<Dashboard> => {
  const found = isReadyMade(id) ? findReadyMade(catalog, id) : await dashboards.get(tenant, id);
  if (found === undefined) throw dashboardNotFound(id);
  return found;
};

/** A tenant's dashboards, oldest first, after those that the installed plugins bring. */
export const listDashboards = async (
  { dashboards, catalog }: DashboardDependencies,
  tenant: string,
): Promise<DashboardSummary[]> => [...listReadyMade(catalog).map(toSummary), ...(await dashboards.list(tenant))];
