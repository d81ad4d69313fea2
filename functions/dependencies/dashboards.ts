import { setTimeout as sleep } from 'node:timers/promises';
import { createDynamoDbClient } from '../adapters/aws-clients.ts';
import { createDynamoDbDashboardStore } from '../adapters/dynamodb-dashboard-store.ts';
import { createDynamoDbShareStore } from '../adapters/dynamodb-share-store.ts';
import { readConfig } from '../config.ts';
import { createReadMetric } from '../core/rollups/read-metric.ts';
import { readOnce } from '../core/rollups/read-once.ts';
import { createReadView } from '../core/rollups/read-view.ts';
import { catalog, clock, rollupQueue, rollupStore, serviceLogger, storage } from '../dependencies.ts';

/** What dashboards are kept in and computed from. */

/** What dashboards are computed from. */
const plotDependencies = () => {
  const { analyses, documents, retentionDays } = storage();
  const plugins = catalog();
  const rollups = rollupStore();
  return {
    catalog: plugins,
    openMetrics: () => {
      const now = clock();
      return createReadMetric({ catalog: plugins, rollups: readOnce(rollups), clock: () => now });
    },
    readView: createReadView({ catalog: plugins, analyses, documents: documents(), clock, retentionDays }),
  };
};

export const rollupDependencies = () => ({
  rollups: rollupStore(),
  rollupQueue: rollupQueue(),
  clock,
  logger: serviceLogger(),
});

export const dashboardDependencies = () => {
  const options = { client: createDynamoDbClient(), table: readConfig('dashboards').DASHBOARDS_TABLE };
  return {
    dashboards: createDynamoDbDashboardStore(options),
    shares: createDynamoDbShareStore(options),
    catalog: catalog(),
    clock,
  };
};

export const dashboardDataDependencies = () => ({
  ...dashboardDependencies(),
  ...plotDependencies(),
  wait: sleep,
  logger: serviceLogger(),
});
