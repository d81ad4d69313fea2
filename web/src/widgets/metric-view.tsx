import type { MetricData } from '../api/contract.ts';
import { axisName, formatChange, formatShort } from '../format/number-format.ts';
import { HEIGHT, sparklinePath, WIDTH } from './sparkline-path.ts';

const direction = (change: number): string => (change > 0 ? '▲' : change < 0 ? '▼' : '＝');

/** How it stands to the period before. */
const comparison = ({ change, previous, unit }: MetricData): string => {
  if (previous === null) return 'nothing before to compare with';
  const before = formatShort(previous, unit);
  return change === null ? `${before} in the period before` : `${formatChange(change)} from ${before} before`;
};

/** One figure, how it stands to the period before, and its course. */
export const MetricView = ({ data }: { readonly data: MetricData }) => {
  const { value, unit, change, values } = data;
  return (
    <div class="metric">
      <p class="metric-value">
        {formatShort(value, unit)} {value !== null && <span class="metric-unit">{axisName(unit)}</span>}
      </p>
      <p class="metric-change">
        {change !== null && <span aria-hidden="true">{direction(change)} </span>}
        {comparison(data)}
      </p>
      {values.filter((one) => one !== null).length > 1 && (
        <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path d={sparklinePath(values)} />
        </svg>
      )}
    </div>
  );
};
