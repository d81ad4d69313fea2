import type { PluginManifest } from '../../../plugins/manifest.ts';
import type { PluginCatalog } from '../ports.ts';
import type { Dashboard } from './dashboard.ts';
import { placeWidgets } from './place-widgets.ts';

const PREFIX = 'plugin:';

/** Long enough that a first submission, whose data are often days old, shows. */
const RANGE = { last: '30d' };

const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');

const fromManifest = ({ name, description, dashboard }: PluginManifest): Dashboard => ({
  id: PREFIX + name,
  name: titleOf(name),
  description,
  timeRange: RANGE,
  widgets: placeWidgets(dashboard),
  version: 0,
  readyMade: true,
});

export const isReadyMade = (id: string): boolean => id.startsWith(PREFIX);

/** The dashboards that the installed plugins bring. */
export const listReadyMade = (catalog: PluginCatalog): Dashboard[] =>
  catalog
    .list()
    .filter(({ dashboard }) => dashboard.length > 0)
    .map(fromManifest);

export const findReadyMade = (catalog: PluginCatalog, id: string): Dashboard | undefined =>
  listReadyMade(catalog).find((dashboard) => dashboard.id === id);
