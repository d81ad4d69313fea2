/** A dashboard of twelve widgets of every kind that is computed from metrics. */

const source = (name: string): string => `performance.${name}`;
const metric = (title: string, name: string, aggregation?: string) => ({
  type: 'metric',
  title,
  config: { dataSource: source(name), ...(aggregation === undefined ? {} : { aggregation }) },
});
const chart = (title: string, config: object) => ({ type: 'chart', title, config });

export const twelveWidgets = {
  name: 'Twelve widgets',
  timeRange: { last: '30d' },
  widgets: [
    metric('Requests', 'requests'),
    metric('Response time', 'responseTime', 'p95'),
    metric('Apdex', 'apdex', 'average'),
    chart('Requests', { dataSource: source('requests'), interval: 'hour' }),
    chart('Response time by endpoint', { dataSource: source('responseTime'), aggregation: 'p95', groupBy: 'endpoint' }),
    chart('Median', { dataSource: source('responseTime'), aggregation: 'p50', interval: 'hour', chartType: 'area' }),
    chart('By service', { dataSource: source('requests'), chartType: 'stacked', groupBy: 'service' }),
    chart('Server errors', { dataSource: source('serverErrorRate'), aggregation: 'average', interval: 'hour' }),
    chart('Share of endpoints', { dataSource: source('requests'), chartType: 'pie', groupBy: 'endpoint' }),
    chart('Load and speed', {
      chartType: 'scatter',
      x: source('requests'),
      y: source('responseTime'),
      yAggregation: 'p95',
      groupBy: 'endpoint',
    }),
    {
      type: 'table',
      title: 'Slowest endpoints',
      config: { dataSource: source('responseTime'), groupBy: 'endpoint', aggregations: ['p95', 'p50', 'max', 'count'] },
    },
    { type: 'heatmap', title: 'When', config: { dataSource: source('requests'), layout: 'hour-weekday' } },
  ],
};
