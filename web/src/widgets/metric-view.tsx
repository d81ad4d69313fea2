import type { MetricData } from '../api/contract.ts';
import { axisName, formatChange, formatShort, formatValue } from '../format/number-format.ts';

/** The drawing's own units; it is stretched to the room it has. */
const WIDTH = 200;
const HEIGHT = 40;

/** The path of a line through the values, broken where there are none. */
export const sparklinePath = (values: readonly (number | null)[]): string => {
  const known = values.filter((value) => value !== null);
  const least = Math.min(...known);
  const span = Math.max(...known) - least;
  const step = WIDTH / Math.max(1, values.length - 1);
  return values
    .map((value, index) => {
      if (value === null) return '';
      const y = span === 0 ? HEIGHT / 2 : HEIGHT - 2 - ((value - least) / span) * (HEIGHT - 4);
      const goesOn = index > 0 && values[index - 1] !== null;
      return `${goesOn ? 'L' : 'M'}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
};

const direction = (change: number): string => (change > 0 ? '▲' : change < 0 ? '▼' : '＝');

/** One figure, how it stands to the period before, and its course. */
export const MetricView = ({ data }: { readonly data: MetricData }) => {
  const { value, unit, previous, change, values } = data;
  return (
    <div class="metric">
      <p class="metric-value">
        {formatShort(value, unit)} {value !== null && <span class="metric-unit">{axisName(unit)}</span>}
      </p>
      {change === null ? (
        <p class="metric-change">no period before to compare with</p>
      ) : (
        <p class="metric-change">
          <span aria-hidden="true">{direction(change)}</span> {formatChange(change)} against{' '}
          {formatValue(previous, unit)} before
        </p>
      )}
      {values.length > 1 && (
        <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path d={sparklinePath(values)} />
        </svg>
      )}
    </div>
  );
};
