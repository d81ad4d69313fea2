import { createPluginCatalog } from '../../functions/adapters/plugin-catalog.ts';
import { listDataSources } from '../../functions/core/dashboards/data-source.ts';
import { manifestSchema } from '../../plugins/manifest.ts';

const base = { version: '1.0.0', type: 'analytics', main: 'index.ts' };

/** Two plugins with every kind of metric and some views; both have a metric `errors`. */
const manifests = [
  manifestSchema.parse({
    ...base,
    name: 'shop',
    description: 'A shop',
    dimensions: ['series'],
    metrics: {
      orders: { title: 'Orders', unit: 'orders', kind: 'count', dimensions: ['country', 'channel'] },
      revenue: { title: 'Revenue', unit: 'EUR', kind: 'sum', dimensions: ['country'] },
      stock: { title: 'Stock', unit: 'items', kind: 'gauge' },
      checkoutTime: { title: 'Checkout time', unit: 'ms', kind: 'distribution', dimensions: ['country'] },
      errors: { title: 'Errors', unit: 'errors', kind: 'count' },
    },
    views: {
      conversion: { title: 'Conversion', type: 'funnel' },
      demand: { title: 'Demand', type: 'forecast' },
      bestsellers: { title: 'Bestsellers', type: 'table' },
    },
    dashboard: [
      { type: 'metric', title: 'Orders', config: { dataSource: 'shop.orders' } },
      { type: 'funnel', title: 'Conversion', config: { dataSource: 'shop.conversion' } },
    ],
  }),
  manifestSchema.parse({
    ...base,
    name: 'site',
    description: 'A site',
    metrics: {
      users: { title: 'Users', unit: 'users', kind: 'unique', dimensions: ['country'] },
      errors: { title: 'Errors', unit: 'errors', kind: 'count' },
    },
  }),
];

export const catalog = createPluginCatalog(manifests);
export const sources = listDataSources(manifests);
