import type { HeatmapData } from '../api/contract.ts';
import { chartTheme } from '../charts/chart-theme.ts';
import { largestIn } from '../charts/relation-options.ts';
import { formatShort, formatValue } from '../format/number-format.ts';
import { theme } from '../theme/theme.ts';

/** What the colours of a heatmap stand for. */
export const ColorLegend = ({ data }: { readonly data: HeatmapData }) => {
  const { scale } = chartTheme(theme.value);
  return (
    <p class="color-legend">
      {formatShort(0, data.unit)}
      <span class="color-scale" style={{ backgroundImage: `linear-gradient(90deg, ${scale.join(', ')})` }} />
      {formatValue(largestIn(data), data.unit)}
    </p>
  );
};
