import type { PluginCatalog, TenantStore } from './ports.ts';
import { totalUsage, type UsageDependencies } from './usage.ts';

/**
 * Totals every tenant's usage of every plugin so that closed buckets are stored while the log still holds their entries:
 * what nobody asked for within the retention time would otherwise be lost with it.
 */
export const closeUsage = async (
  dependencies: UsageDependencies & { readonly catalog: PluginCatalog; readonly tenants: TenantStore },
): Promise<void> => {
  for (const tenant of await dependencies.tenants.list()) {
    for (const { name } of dependencies.catalog.list()) await totalUsage(dependencies, { tenant, type: name });
  }
};
