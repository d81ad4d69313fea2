import type { Widget, WidgetData, WidgetShape } from '../api/contract.ts';

type Ok = Extract<WidgetData, { status: 'ok' }>;

/**
 * Names what an answer holds. The API promises, in its contract, the fields of each type of widget; the type is known
 * from the widget and not from the answer.
 */
export const shapeOf = ({ type, config }: Widget, answer: Ok): WidgetShape => {
  const shape = type === 'chart' ? chartShape(config.chartType) : { shape: type };
  return { ...shape, data: answer } as unknown as WidgetShape;
};

const chartShape = (chartType: Widget['config']['chartType'] = 'line') =>
  chartType === 'pie' || chartType === 'scatter' ? { shape: chartType } : { shape: 'series' as const, chartType };
