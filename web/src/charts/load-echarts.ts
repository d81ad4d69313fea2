import type { DrawnShape } from './chart-option.ts';

/** What few dashboards need, each a part that is loaded with the first chart of its kind. */
const RARE: { readonly [shape in DrawnShape['shape']]?: () => Promise<unknown> } = {
  pie: () => import('./echarts-pie.ts'),
  flow: () => import('./echarts-flow.ts'),
  heatmap: () => import('./echarts-heatmap.ts'),
};

/** What makes a chart, once everything is there that draws the shape. */
export const loadECharts = async (shape: DrawnShape['shape']) => {
  const rare = RARE[shape]?.();
  const { init } = await import('./echarts.ts');
  await rare;
  return init;
};
