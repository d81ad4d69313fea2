import type { ShareStore } from '../../core/dashboards/dashboard-store.ts';
import type { Share } from '../../core/dashboards/share.ts';

export const createMemoryShareStore = (): ShareStore => {
  const shares = new Map<string, Share>();
  const listOf = (tenant: string, dashboardId: string): [string, Share][] =>
    [...shares]
      .filter(([, share]) => share.tenant === tenant && share.dashboardId === dashboardId)
      .sort(([, a], [, b]) => (a.id < b.id ? -1 : 1));
  return {
    async add(share, hash) {
      shares.set(hash, share);
    },
    find: async (hash) => shares.get(hash),
    list: async (tenant, dashboardId) => listOf(tenant, dashboardId).map(([, share]) => share),
    async revoke(tenant, dashboardId, id) {
      const [hash] = listOf(tenant, dashboardId).find(([, share]) => share.id === id) ?? [];
      return hash !== undefined && shares.delete(hash);
    },
  };
};
