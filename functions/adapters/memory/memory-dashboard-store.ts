import { type Dashboard, toSummary } from '../../core/dashboards/dashboard.ts';
import type { DashboardStore } from '../../core/dashboards/dashboard-store.ts';

export const createMemoryDashboardStore = (): DashboardStore => {
  const tenants = new Map<string, Map<string, Dashboard>>();
  const of = (tenant: string): Map<string, Dashboard> => {
    const dashboards = tenants.get(tenant) ?? new Map<string, Dashboard>();
    tenants.set(tenant, dashboards);
    return dashboards;
  };
  return {
    async create(tenant, dashboard) {
      of(tenant).set(dashboard.id, dashboard);
    },
    get: async (tenant, id) => of(tenant).get(id),
    list: async (tenant) => [...of(tenant).values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(toSummary),
    async replace(tenant, dashboard) {
      if (of(tenant).get(dashboard.id)?.version !== dashboard.version - 1) return false;
      of(tenant).set(dashboard.id, dashboard);
      return true;
    },
    delete: async (tenant, id, version) => of(tenant).get(id)?.version === version && of(tenant).delete(id),
  };
};
