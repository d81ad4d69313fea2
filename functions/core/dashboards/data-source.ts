import type { PluginManifest } from '../../../plugins/manifest.ts';
import {
  AGGREGATIONS_OF,
  type MetricAggregation,
  type MetricDeclaration,
  type MetricKind,
} from '../../../plugins/metric.ts';
import type { ViewDeclaration, ViewType } from '../../../plugins/view.ts';
import type { WidgetType } from '../../../plugins/widget.ts';
import { closestName } from '../closest-name.ts';

/** Something that a widget can show: a metric over time, or a view of the newest result. */
export interface DataSource {
  /** `<plugin>.<name>` */
  readonly dataSource: string;
  readonly plugin: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly kind: MetricKind | 'view';
  readonly viewType?: ViewType;
  /** What can be asked of it; the first is what is taken when none is named. */
  readonly aggregations: readonly MetricAggregation[];
  /** What it can be filtered and, for a metric, grouped by. */
  readonly dimensions: readonly string[];
  readonly widgetTypes: readonly WidgetType[];
}

const METRIC_WIDGETS: readonly WidgetType[] = ['chart', 'metric', 'table', 'heatmap'];

const metricSource = (
  plugin: PluginManifest,
  [name, { title, description, unit, kind, dimensions }]: [string, MetricDeclaration],
): DataSource => ({
  dataSource: `${plugin.name}.${name}`,
  plugin: plugin.name,
  name,
  title,
  description,
  unit,
  kind,
  aggregations: AGGREGATIONS_OF[kind],
  dimensions,
  widgetTypes: METRIC_WIDGETS,
});

const viewSource = (
  plugin: PluginManifest,
  [name, { title, description, type }]: [string, ViewDeclaration],
): DataSource => ({
  dataSource: `${plugin.name}.${name}`,
  plugin: plugin.name,
  name,
  title,
  description,
  unit: '',
  kind: 'view',
  viewType: type,
  aggregations: [],
  dimensions: plugin.dimensions,
  widgetTypes: [type],
});

/** Everything that widgets can show, as the manifests of the installed plugins declare it. */
export const listDataSources = (plugins: readonly PluginManifest[]): DataSource[] =>
  plugins.flatMap((plugin) => [
    ...Object.entries(plugin.metrics).map((entry) => metricSource(plugin, entry)),
    ...Object.entries(plugin.views).map((entry) => viewSource(plugin, entry)),
  ]);

export type Resolution = { readonly source: DataSource } | { readonly problem: string };

const bareNameOf = (name: string): string => name.slice(name.indexOf('.') + 1);

const unknown = (sources: readonly DataSource[], name: string): string => {
  if (sources.length === 0) return 'there are no data sources: no plugin that is installed declares metrics or views';
  const full = sources.map(({ dataSource }) => dataSource);
  const bare = sources.find(
    (source) =>
      source.name ===
      closestName(
        bareNameOf(name),
        sources.map((s) => s.name),
      ),
  );
  const meant = closestName(name, full) ?? bare?.dataSource;
  const known = meant === undefined ? `the data sources are: ${full.join(', ')}` : `did you mean "${meant}"?`;
  return `"${name}" is no data source; ${known}`;
};

/** Finds the source of a full name, or of a bare one that exactly one plugin declares. */
export const resolveSource = (sources: readonly DataSource[], name: string): Resolution => {
  const source = sources.find(({ dataSource }) => dataSource === name);
  if (source !== undefined) return { source };
  const [only, ...others] = sources.filter((candidate) => candidate.name === name);
  if (only === undefined) return { problem: unknown(sources, name) };
  if (others.length === 0) return { source: only };
  const choices = [only, ...others].map(({ dataSource }) => dataSource).join(', ');
  return { problem: `"${name}" is declared by several plugins; say which: ${choices}` };
};
