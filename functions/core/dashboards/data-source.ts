import type { Aggregation, WidgetType } from '../../../plugins/widget.ts';
import { closestName } from '../closest-name.ts';

type MetricKind = 'count' | 'sum' | 'gauge' | 'distribution' | 'unique';

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
  readonly viewType?: string;
  /** What can be asked of it; the first is what is taken when none is named. */
  readonly aggregations: readonly Aggregation[];
  /** What it can be filtered and, for a metric, grouped by. */
  readonly dimensions: readonly string[];
  readonly widgetTypes: readonly WidgetType[];
}

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
