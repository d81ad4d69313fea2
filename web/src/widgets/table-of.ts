import type {
  AnomalyData,
  ClustersData,
  FlowData,
  ForecastData,
  FunnelData,
  HeatmapData,
  MetricData,
  PieData,
  ScatterData,
  TableCell,
  TableData,
  TimeChartData,
  WidgetShape,
} from '../api/contract.ts';
import { withOthers } from '../charts/share-options.ts';
import { axisName } from '../format/number-format.ts';

/** What a widget shows, as a table: for readers who do not see the drawing, and for a spreadsheet. */

const TIME = { key: 'time', title: 'Time' };

type Column = TableData['columns'][number];
type Row = TableData['rows'][number];

const column = (key: string, title: string, unit?: string): Column =>
  unit === undefined || unit === '' ? { key, title } : { key, title, unit };

const whole = (columns: readonly Column[], rows: readonly Row[]): TableData => ({
  columns: [...columns],
  rows: [...rows],
  more: 0,
});

const ofSeries = ({ unit, timestamps, series }: TimeChartData): TableData =>
  whole(
    [TIME, ...series.map(({ name }, index) => column(String(index), name || 'All', unit))],
    timestamps.map((time, at) => ({
      time,
      ...Object.fromEntries(series.map(({ values }, index) => [String(index), values[at] ?? null])),
    })),
  );

const ofPie = (data: PieData): TableData =>
  whole([column('name', 'Name'), column('value', 'Value', data.unit)], withOthers(data));

const ofScatter = ({ x, y, points }: ScatterData): TableData =>
  whole([column('label', 'Point'), column('x', x.title, x.unit), column('y', y.title, y.unit)], points);

const ofMetric = ({ unit, timestamps, values }: MetricData): TableData =>
  whole(
    [TIME, column('value', 'Value', unit)],
    timestamps.map((time, index) => ({ time, value: values[index] ?? null })),
  );

const ofFunnel = ({ steps }: FunnelData): TableData =>
  whole(
    [
      column('name', 'Step'),
      column('count', 'Reached'),
      column('share', 'Of the first step', 'fraction'),
      column('fromPrevious', 'Of the step before', 'fraction'),
      column('medianSeconds', 'Median time', 's'),
    ],
    steps.map((step) => ({ ...step, medianSeconds: step.medianSeconds ?? null })),
  );

const ofFlow = ({ links }: FlowData): TableData =>
  whole([column('source', 'From'), column('target', 'To'), column('value', 'Count')], links);

const ofHeatmap = ({ unit, columns, rows, values }: HeatmapData): TableData =>
  whole(
    [column('row', ''), ...columns.map((title, index) => column(String(index), title, unit))],
    rows.map((row, y) => ({
      row,
      ...Object.fromEntries(columns.map((_, x) => [String(x), values[y]?.[x] ?? null])),
    })),
  );

const levelTitle = (level: number, side: string): string => `${Math.round(level * 100)}% ${side}`;

const ofForecast = ({ unit, series }: ForecastData): TableData => {
  const levels = [...new Set(series.flatMap(({ forecast }) => forecast.intervals.map(({ level }) => level)))];
  const columns = [
    column('series', 'Series'),
    TIME,
    column('value', 'Value', unit),
    column('mean', 'Forecast', unit),
    ...levels.flatMap((level) => [
      column(`lower${level}`, levelTitle(level, 'lower'), unit),
      column(`upper${level}`, levelTitle(level, 'upper'), unit),
    ]),
  ];
  const rows = series.flatMap(({ name, history, forecast }): Row[] => [
    ...history.timestamps.map((time, at) => ({ series: name, time, value: history.values[at] ?? null })),
    ...forecast.timestamps.map((time, at) => ({
      series: name,
      time,
      mean: forecast.mean[at] ?? null,
      ...Object.fromEntries(
        forecast.intervals.flatMap(({ level, lower, upper }) => [
          [`lower${level}`, lower[at] ?? null],
          [`upper${level}`, upper[at] ?? null],
        ]),
      ),
    })),
  ]);
  return whole(columns, rows);
};

const ofAnomaly = ({ series }: AnomalyData): TableData => {
  const unit = series[0]?.unit;
  const columns = [
    column('series', 'Series'),
    TIME,
    column('value', 'Value', unit),
    column('lower', 'Usual from', unit),
    column('upper', 'Usual to', unit),
    column('alarm', 'Alarm'),
  ];
  const rows = series.flatMap(({ name, timestamps, values, lower, upper, alarms }) => {
    const severities = new Map(alarms.map(({ timestamp, severity }) => [timestamp, severity]));
    return timestamps.map((time, at) => ({
      series: name,
      time,
      value: values[at] ?? null,
      lower: lower?.[at] ?? null,
      upper: upper?.[at] ?? null,
      alarm: severities.get(time) ?? '',
    }));
  });
  return whole(columns, rows);
};

const ofClusters = ({ axes, points }: ClustersData): TableData =>
  whole([column('segment', 'Segment'), column('x', axes.x), column('y', axes.y)], points);

export const tableOf = (shape: WidgetShape): TableData => {
  switch (shape.shape) {
    case 'series':
      return ofSeries(shape.data);
    case 'pie':
      return ofPie(shape.data);
    case 'scatter':
      return ofScatter(shape.data);
    case 'metric':
      return ofMetric(shape.data);
    case 'table':
      return shape.data;
    case 'funnel':
      return ofFunnel(shape.data);
    case 'flow':
      return ofFlow(shape.data);
    case 'heatmap':
      return ofHeatmap(shape.data);
    case 'forecast':
      return ofForecast(shape.data);
    case 'anomaly':
      return ofAnomaly(shape.data);
    case 'clusters':
      return ofClusters(shape.data);
    case 'text':
      return whole([column('text', 'Text')], [{ text: shape.data.text }]);
  }
};

const toCell = (value: TableCell | undefined): string | number | null =>
  typeof value === 'boolean' ? String(value) : (value ?? null);

/** The table's rows for a file: full precision, the units in the first row. */
export const toFileRows = ({ columns, rows }: TableData): (string | number | null)[][] => [
  columns.map(({ title, unit }) => {
    const name = unit === undefined ? '' : axisName(unit) || unit;
    return name === '' ? title : `${title} (${name})`;
  }),
  ...rows.map((row) => columns.map(({ key }) => toCell(row[key]))),
];
