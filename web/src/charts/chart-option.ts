import type { WidgetShape } from '../api/contract.ts';
import { anomalyOption } from './anomaly-option.ts';
import type { ChartTheme } from './chart-theme.ts';
import type { ChartOption } from './echarts.ts';
import { forecastOption } from './forecast-option.ts';
import { clustersOption, flowOption, heatmapOption, scatterOption } from './relation-options.ts';
import { funnelOption, pieOption } from './share-options.ts';
import { timeSeriesOption } from './time-series-option.ts';

/** Shapes that are drawn; the others are written. */
export type DrawnShape = Exclude<WidgetShape, { shape: 'metric' | 'table' | 'text' }>;

export const isDrawn = (shape: WidgetShape): shape is DrawnShape =>
  shape.shape !== 'metric' && shape.shape !== 'table' && shape.shape !== 'text';

export const chartOption = (shape: DrawnShape, theme: ChartTheme, isNew: (alarm: string) => boolean): ChartOption => {
  switch (shape.shape) {
    case 'series':
      return timeSeriesOption(shape.chartType, shape.data, theme);
    case 'pie':
      return pieOption(shape.data, theme);
    case 'scatter':
      return scatterOption(shape.data, theme);
    case 'funnel':
      return funnelOption(shape.data, theme);
    case 'flow':
      return flowOption(shape.data, theme);
    case 'heatmap':
      return heatmapOption(shape.data, theme);
    case 'forecast':
      return forecastOption(shape.data, theme);
    case 'anomaly':
      return anomalyOption(shape.data, theme, isNew);
    case 'clusters':
      return clustersOption(shape.data, theme);
  }
};
