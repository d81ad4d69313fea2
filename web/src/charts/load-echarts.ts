import type { DrawnShape } from './chart-option.ts';

const RARE: readonly DrawnShape['shape'][] = ['pie', 'flow', 'heatmap'];

/** ECharts with what it needs to draw a shape. */
export const loadECharts = async (shape: DrawnShape['shape']): Promise<typeof import('./echarts.ts')> => {
  const [echarts] = await Promise.all([
    import('./echarts.ts'),
    RARE.includes(shape) ? import('./echarts-rare.ts') : undefined,
  ]);
  return echarts;
};
