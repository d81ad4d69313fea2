import type * as z from 'zod';
import type { MetricAggregation } from '../../../plugins/metric.ts';
import type { WidgetDraft } from '../../../plugins/widget.ts';
import { closestName } from '../closest-name.ts';
import { type DataSource, resolveSource } from './data-source.ts';

type Path = readonly (string | number)[];

/** One data source that a widget names, and what it asks of it. */
interface Reference {
  readonly key: 'dataSource' | 'x' | 'y';
  readonly name: string;
  readonly aggregations: readonly { readonly path: Path; readonly aggregation: MetricAggregation }[];
}

/** Where in a widget something does not fit, and what was expected there. */
interface Problem {
  readonly path: Path;
  readonly message: string;
}

const named = (key: string, aggregation: MetricAggregation | undefined): Reference['aggregations'] =>
  aggregation === undefined ? [] : [{ path: ['config', key], aggregation }];

const aggregationsOf = (config: Exclude<WidgetDraft, { type: 'text' }>['config']): Reference['aggregations'] => {
  if ('aggregation' in config) return named('aggregation', config.aggregation);
  const list = 'aggregations' in config ? (config.aggregations ?? []) : [];
  return list.map((aggregation, index) => ({ path: ['config', 'aggregations', index], aggregation }));
};

const referencesOf = (widget: WidgetDraft): readonly Reference[] => {
  if (widget.type === 'text') return [];
  const { config } = widget;
  if (!('x' in config)) return [{ key: 'dataSource', name: config.dataSource, aggregations: aggregationsOf(config) }];
  return [
    { key: 'x', name: config.x, aggregations: named('xAggregation', config.xAggregation) },
    { key: 'y', name: config.y, aggregations: named('yAggregation', config.yAggregation) },
  ];
};

const describeKind = ({ kind, viewType }: DataSource): string =>
  kind === 'view' ? `a view of type ${viewType}` : `a metric of kind ${kind}`;

const checkFit = (
  { type }: WidgetDraft,
  { key }: Reference,
  source: DataSource,
  sources: readonly DataSource[],
): Problem[] => {
  if (source.widgetTypes.includes(type)) return [];
  const fitting = sources.filter(({ widgetTypes }) => widgetTypes.includes(type));
  const choices = fitting.length === 0 ? 'nothing' : fitting.map(({ dataSource }) => dataSource).join(', ');
  const message = `${source.dataSource} is ${describeKind(source)}, which a ${type} does not show; it can show: ${choices}`;
  return [{ path: ['config', key], message }];
};

const checkAggregations = ({ aggregations }: Reference, source: DataSource): Problem[] => {
  const known = source.aggregations.length === 0 ? 'none' : source.aggregations.join(', ');
  return aggregations
    .filter(({ aggregation }) => !source.aggregations.includes(aggregation))
    .map(({ path, aggregation }) => ({
      path,
      message: `"${aggregation}" cannot be asked of ${source.dataSource}, ${describeKind(source)}; it has: ${known}`,
    }));
};

const describeDimension = (name: string, { dataSource, dimensions }: DataSource): string => {
  if (dimensions.length === 0) return `${dataSource} has no dimensions`;
  const meant = closestName(name, dimensions);
  const known = meant === undefined ? `its dimensions are: ${dimensions.join(', ')}` : `did you mean "${meant}"?`;
  return `"${name}" is no dimension of ${dataSource}; ${known}`;
};

const checkDimensions = (widget: WidgetDraft, source: DataSource): Problem[] => {
  const { config } = widget;
  const groupBy = 'groupBy' in config ? config.groupBy : undefined;
  const filters = 'filters' in config ? Object.keys(config.filters) : [];
  const named = [
    ...(groupBy === undefined || source.kind === 'view' ? [] : [{ name: groupBy, path: ['config', 'groupBy'] }]),
    ...filters.map((name) => ({ name, path: ['config', 'filters', name] })),
  ];
  return named
    .filter(({ name }) => !source.dimensions.includes(name))
    .map(({ name, path }) => ({ path, message: describeDimension(name, source) }));
};

const isAdditive = (aggregation: MetricAggregation | undefined): boolean =>
  aggregation === 'count' || aggregation === 'sum';

/** Stacks and slices are parts of a whole. */
const checkParts = ({ type, config }: WidgetDraft, source: DataSource): Problem[] => {
  if (type !== 'chart' || (config.chartType !== 'pie' && config.chartType !== 'stacked')) return [];
  const aggregation = config.aggregation ?? source.aggregations[0];
  if (isAdditive(aggregation)) return [];
  const additive = source.aggregations.filter(isAdditive);
  const choices = additive.length === 0 ? `${source.dataSource} has neither` : `here: ${additive.join(', ')}`;
  const message = `must be count or sum, for the parts of a ${config.chartType} chart must add up; ${choices}`;
  return [{ path: ['config', 'aggregation'], message }];
};

/** Keys that say how a metric is summed up, and mean nothing for a view. */
const METRIC_KEYS = ['groupBy', 'layout', 'timeRange'];

const checkView = ({ config }: WidgetDraft, source: DataSource): Problem[] => {
  if (source.kind !== 'view') return [];
  return Object.entries(config)
    .filter(([key, value]) => METRIC_KEYS.includes(key) && value !== undefined)
    .map(([key]) => ({
      path: ['config', key],
      message: `cannot be asked of ${source.dataSource}, a view of the newest result`,
    }));
};

const checkReference = (
  widget: WidgetDraft,
  reference: Reference,
  source: DataSource,
  sources: readonly DataSource[],
): Problem[] => {
  const misfits = checkFit(widget, reference, source, sources);
  if (misfits.length > 0) return misfits;
  return [
    ...checkAggregations(reference, source),
    ...checkDimensions(widget, source),
    ...checkParts(widget, source),
    ...checkView(widget, source),
  ];
};

/**
 * Checks what a widget asks against what there is, and writes data sources by their full names, which stay unique when
 * another plugin is installed.
 */
export const checkWidget =
  (sources: readonly DataSource[]) =>
  (widget: WidgetDraft, context: z.RefinementCtx): WidgetDraft => {
    for (const reference of referencesOf(widget)) {
      const resolution = resolveSource(sources, reference.name);
      const problems =
        'problem' in resolution
          ? [{ path: ['config', reference.key], message: resolution.problem }]
          : checkReference(widget, reference, resolution.source, sources);
      for (const { path, message } of problems) {
        context.issues.push({ code: 'custom', input: widget, path: [...path], message });
      }
      if ('source' in resolution) Object.assign(widget.config, { [reference.key]: resolution.source.dataSource });
    }
    return widget;
  };
