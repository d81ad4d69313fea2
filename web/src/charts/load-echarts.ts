import type { DrawnShape } from './chart-option.ts';

/** What few dashboards need, each a part that is loaded with the first chart of its kind. */
const RARE: { readonly [shape in DrawnShape['shape']]?: () => Promise<unknown> } = {
  pie: () => import('./echarts-pie.ts'),
  flow: () => import('./echarts-flow.ts'),
  heatmap: () => import('./echarts-heatmap.ts'),
};

/** ECharts with what it needs to draw a shape. */
export const loadECharts = async (shape: DrawnShape['shape']): Promise<typeof import('./echarts.ts')> => {
  const [echarts] = await Promise.all([import('./echarts.ts'), RARE[shape]?.()]);
  return echarts;
};
