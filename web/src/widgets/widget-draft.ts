import type { FieldProblem } from '../api/client.ts';
import type { ChartType, DataSource, TimeRange, WidgetContent, WidgetType } from '../api/contract.ts';

/** A widget while it is being written: every field a text, as the form has it. */
export interface WidgetDraft {
  readonly type: WidgetType;
  readonly title: string;
  readonly dataSource: string;
  readonly chartType: ChartType;
  readonly aggregation: string;
  readonly groupBy: string;
  /** Lines of `dimension = value, value`. */
  readonly filters: string;
  /** Such as `7d`; empty for the dashboard's own range. */
  readonly last: string;
  readonly interval: string;
  readonly groupLimit: string;
  readonly x: string;
  readonly y: string;
  readonly xAggregation: string;
  readonly yAggregation: string;
  readonly text: string;
}

export const WIDGET_TYPES: { readonly [type in WidgetType]: string } = {
  chart: 'Chart',
  metric: 'Single figure',
  table: 'Table',
  funnel: 'Funnel',
  flow: 'Flow',
  heatmap: 'Heatmap',
  forecast: 'Forecast',
  anomaly: 'Anomalies',
  clusters: 'Clusters',
  text: 'Text',
};

export const CHART_TYPES: { readonly [type in ChartType]: string } = {
  line: 'Lines',
  area: 'Areas',
  bar: 'Bars, beside each other',
  stacked: 'Bars, stacked',
  pie: 'Pie',
  scatter: 'Two metrics against each other',
};

export const INTERVALS: { readonly [interval: string]: string } = {
  auto: 'by the length of the range',
  minute: 'minutes',
  hour: 'hours',
  day: 'days',
};

const formatFilters = (filters: WidgetContent['config']['filters'] = {}): string =>
  Object.entries(filters)
    .map(([dimension, values]) => `${dimension} = ${values.join(', ')}`)
    .join('\n');

/** @throws {Error} naming the line that is no filter */
export const parseFilters = (text: string): { [dimension: string]: string[] } => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      const dimension = line.slice(0, at).trim();
      const values = line
        .slice(at + 1)
        .split(',')
        .map((value) => value.trim())
        .filter((value) => value !== '');
      if (at < 1 || dimension === '' || values.length === 0) {
        throw new Error(`“${line.trim()}” is no filter. Write for example: endpoint = /checkout, /cart`);
      }
      return [dimension, values];
    }),
  );
};

const EMPTY: WidgetDraft = {
  type: 'chart',
  title: '',
  dataSource: '',
  chartType: 'line',
  aggregation: '',
  groupBy: '',
  filters: '',
  last: '',
  interval: 'auto',
  groupLimit: '',
  x: '',
  y: '',
  xAggregation: '',
  yAggregation: '',
  text: '',
};

const lastOf = (range: TimeRange | undefined): string => (range !== undefined && 'last' in range ? range.last : '');

export const toDraft = (widget: WidgetContent | undefined): WidgetDraft => {
  if (widget === undefined) return EMPTY;
  const { type, title, config } = widget;
  return {
    type,
    title,
    dataSource: config.dataSource ?? '',
    chartType: config.chartType ?? 'line',
    aggregation: config.aggregation ?? config.aggregations?.[0] ?? '',
    groupBy: config.groupBy ?? '',
    filters: formatFilters(config.filters),
    last: lastOf(config.timeRange),
    interval: config.interval ?? 'auto',
    groupLimit: config.groupLimit === undefined ? '' : String(config.groupLimit),
    x: config.x ?? '',
    y: config.y ?? '',
    xAggregation: config.xAggregation ?? '',
    yAggregation: config.yAggregation ?? '',
    text: config.text ?? '',
  };
};

/** Fields that the form shows for a widget of this type and source. */
export const fieldsOf = ({ type, chartType }: WidgetDraft, source: DataSource | undefined) => {
  const isText = type === 'text';
  const isScatter = type === 'chart' && chartType === 'scatter';
  // A view is the newest result as it is: it has no time range, and nothing is summed up.
  const isMetric = isScatter || (source !== undefined && source.kind !== 'view');
  const canGroup = (source?.dimensions.length ?? 0) > 0 && (type === 'chart' || type === 'table');
  return {
    text: isText,
    chartType: type === 'chart',
    dataSource: !isText && !isScatter,
    plane: isScatter,
    aggregation: !isText && !isScatter && isMetric,
    groupBy: isMetric && canGroup,
    filters: (source?.dimensions.length ?? 0) > 0 && !isText,
    last: isMetric && !isText,
    interval: isMetric && ((type === 'chart' && chartType !== 'pie') || type === 'metric' || type === 'table'),
  };
};

type Config = WidgetContent['config'];

const given = (name: keyof Config, value: string, isGiven: boolean): Config =>
  isGiven && value !== '' ? { [name]: value } : {};

const rangeOf = ({ last }: WidgetDraft, { timeRange }: Config): Config => {
  if (last !== '') return { timeRange: { last } };
  // The form does not show a fixed range, and leaves it as it is.
  return timeRange === undefined || 'last' in timeRange ? {} : { timeRange };
};

const heatmapOf = ({ type }: WidgetDraft, source: DataSource | undefined, { timeZone }: Config): Config =>
  type === 'heatmap' && source?.kind !== 'view'
    ? { layout: 'hour-weekday', timeZone: timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone }
    : {};

const aggregationOf = (draft: WidgetDraft, isShown: boolean, { aggregations = [] }: Config): Config => {
  if (draft.type !== 'table') return given('aggregation', draft.aggregation, isShown);
  // A table has a column for each; the form changes the first.
  return isShown && draft.aggregation !== ''
    ? { aggregations: [...new Set([draft.aggregation, ...aggregations.slice(1)])] }
    : {};
};

/**
 * The configuration that the form stands for.
 *
 * @param before the configuration as it was, of which stays what the form does not show
 * @throws {Error} when the filters cannot be read
 */
export const toConfig = (draft: WidgetDraft, source: DataSource | undefined, before: Config): Config => {
  if (draft.type === 'text') return { text: draft.text };
  const fields = fieldsOf(draft, source);
  const filters = parseFilters(draft.filters);
  return {
    ...given('dataSource', draft.dataSource, fields.dataSource),
    ...given('x', draft.x, fields.plane),
    ...given('y', draft.y, fields.plane),
    ...given('xAggregation', draft.xAggregation, fields.plane),
    ...given('yAggregation', draft.yAggregation, fields.plane),
    ...given('chartType', draft.chartType, fields.chartType),
    ...aggregationOf(draft, fields.aggregation, before),
    ...given('groupBy', draft.groupBy, fields.groupBy),
    ...given('interval', draft.interval, fields.interval),
    ...heatmapOf(draft, source, before),
    ...(Object.keys(filters).length === 0 || !fields.filters ? {} : { filters }),
    ...(fields.last ? rangeOf(draft, before) : {}),
    ...(draft.groupLimit === '' || !fields.groupBy ? {} : { groupLimit: Number(draft.groupLimit) }),
  };
};

/** Size that a new widget of a type begins with. */
export const firstSize = (type: WidgetType): { readonly width: number; readonly height: number } => {
  if (type === 'metric') return { width: 3, height: 2 };
  if (type === 'text') return { width: 6, height: 2 };
  return { width: 6, height: 4 };
};

/** Problems by the form's fields; what belongs to none is said above them. */
export interface FormProblems {
  readonly general: readonly string[];
  readonly fields: { readonly [field: string]: string | undefined };
}

const FIELDS: readonly string[] = Object.keys(EMPTY);

/** Finds the field that each problem of the API belongs to: `widgets[2].config.filters.endpoint` is of `filters`. */
export const assignProblems = (message: string, details: readonly FieldProblem[], index: number): FormProblems => {
  const ours = new RegExp(`^widgets(?:\\[${index}\\]|\\.${index})\\.?`);
  const fields: { [field: string]: string } = {};
  const general: string[] = [];
  for (const { field, message: text } of details) {
    const path = field.replace(ours, '').replace(/^config\.?/, '');
    const [name = ''] = path.split(/[.[]/);
    const key = name === 'timeRange' ? 'last' : name;
    if (ours.test(field) && FIELDS.includes(key)) fields[key] = text;
    else general.push(`${field}: ${text}`);
  }
  return { fields, general: details.length === 0 ? [message] : general };
};
