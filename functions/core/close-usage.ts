import type { PluginCatalog } from './ports.ts';
import { totalUsage, type UsageDependencies } from './usage.ts';

/**
 * Totals every plugin's usage so that closed buckets are stored while the log still holds their entries:
 * what nobody asked for within the retention time would otherwise be lost with it.
 */
export const closeUsage = async (
  dependencies: UsageDependencies & { readonly catalog: PluginCatalog },
  tenants: readonly string[],
): Promise<void> => {
  for (const tenant of tenants) {
    for (const { name } of dependencies.catalog.list()) await totalUsage(dependencies, { tenant, type: name });
  }
};
