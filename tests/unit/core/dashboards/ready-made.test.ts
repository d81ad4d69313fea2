import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPluginCatalog } from '../../../../functions/adapters/plugin-catalog.ts';
import { listDataSources } from '../../../../functions/core/dashboards/data-source.ts';
import { parseDashboard } from '../../../../functions/core/dashboards/parse-dashboard.ts';
import { findReadyMade, listReadyMade } from '../../../../functions/core/dashboards/ready-made.ts';
import { discoverPlugins } from '../../../../plugins/discovery.ts';
import { catalog } from '../../../support/dashboard-plugins.ts';

const installed = createPluginCatalog(
  discoverPlugins(join(import.meta.dirname, '../../../../plugins')).map(({ manifest }) => manifest),
);

test('a plugin that has widgets in its manifest brings a dashboard, placed and named', () => {
  expect(listReadyMade(catalog)).toMatchObject([
    {
      id: 'plugin:shop',
      name: 'Shop',
      description: 'A shop',
      version: 0,
      readyMade: true,
      widgets: [
        { id: 'w1', title: 'Orders', position: { x: 0, y: 0 } },
        { id: 'w2', title: 'Conversion', position: { x: 3, y: 0 } },
      ],
    },
  ]);
  expect(findReadyMade(catalog, 'plugin:site')).toBeUndefined();
});

test('every built-in plugin brings a dashboard that would be accepted from anybody', () => {
  expect(listReadyMade(installed).map(({ id }) => id)).toEqual(installed.list().map(({ name }) => `plugin:${name}`));
  const sources = listDataSources(installed.list());

  for (const { name, widgets } of listReadyMade(installed)) {
    expect(parseDashboard(sources, { name, widgets }).widgets).toEqual(widgets);
  }
});
