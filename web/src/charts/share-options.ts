import type { FunnelData, PieData } from '../api/contract.ts';
import { formatShare, formatShort, formatValue } from '../format/number-format.ts';
import { categoryAxis, chartBase, tooltipPart } from './chart-parts.ts';
import { type ChartTheme, seriesStyle } from './chart-theme.ts';
import type { ChartOption } from './echarts.ts';
import { tooltipElement } from './tooltip.ts';

/** The categories, and what is left of the whole as one more. */
export const withOthers = ({ categories, otherCategories, otherValue }: PieData): PieData['categories'] =>
  otherCategories === 0 ? categories : [...categories, { name: `${otherCategories} others`, value: otherValue }];

/** Parts of a whole. */
export const pieOption = (data: PieData, theme: ChartTheme): ChartOption => {
  const { unit, categories: named } = data;
  const categories = withOthers(data);
  const total = categories.reduce((sum, { value }) => sum + value, 0);
  return {
    ...chartBase(theme),
    tooltip: {
      ...tooltipPart('item'),
      formatter: (params: unknown) => {
        const { name, value, color } = params as { name: string; value: number; color: string };
        const share = total > 0 ? ` (${formatShare(value / total)})` : '';
        return tooltipElement('', [{ color, name, value: `${formatValue(value, unit)}${share}` }]);
      },
    },
    series: [
      {
        type: 'pie',
        radius: ['48%', '76%'],
        itemStyle: { borderColor: theme.surface, borderWidth: 2 },
        label: {
          color: theme.text,
          fontSize: 12,
          formatter: ({ name, percent }) => `${name}\n${formatShare((percent ?? 0) / 100)}`,
          overflow: 'truncate',
          width: 110,
        },
        labelLine: { lineStyle: { color: theme.muted }, length: 8, length2: 8 },
        emphasis: { scaleSize: 3 },
        data: categories.map(({ name, value }, index) => ({
          name,
          value,
          itemStyle: { color: index < named.length ? seriesStyle(theme, index).color : theme.muted },
        })),
      },
    ],
  };
};

const SECONDS_UNIT = 's';

const funnelRows = ({ count, share, fromPrevious, medianSeconds }: FunnelData['steps'][number], first: boolean) => [
  { name: 'Reached', value: formatShort(count, '') },
  { name: 'Of the first step', value: formatShare(share) },
  ...(first ? [] : [{ name: 'Of the step before', value: formatShare(fromPrevious) }]),
  ...(medianSeconds === undefined || medianSeconds === null
    ? []
    : [{ name: 'Median time', value: formatShort(medianSeconds, SECONDS_UNIT) }]),
];

/** Steps from top to bottom, each as long as the share that reached it. */
export const funnelOption = ({ steps }: FunnelData, theme: ChartTheme): ChartOption => ({
  ...chartBase(theme),
  grid: { left: 4, right: 104, top: 4, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
  tooltip: {
    ...tooltipPart('item'),
    formatter: (params: unknown) => {
      const { dataIndex } = params as { dataIndex: number };
      const step = steps[dataIndex];
      return step === undefined ? '' : tooltipElement(step.name, funnelRows(step, dataIndex === 0));
    },
  },
  xAxis: { type: 'value', show: false, min: 0, max: 1 },
  yAxis: {
    ...categoryAxis(
      theme,
      steps.map(({ name }) => name),
    ),
    inverse: true,
    axisLine: { show: false },
    axisLabel: { color: theme.text, fontSize: 12, width: 120, overflow: 'truncate' },
  },
  series: [
    {
      type: 'bar',
      barMaxWidth: 34,
      barCategoryGap: '28%',
      showBackground: true,
      backgroundStyle: { color: theme.line, opacity: 0.5, borderRadius: 4 },
      itemStyle: { color: theme.series[0] ?? '', borderRadius: 4 },
      emphasis: { disabled: true },
      label: {
        show: true,
        position: 'right',
        // The background ends where the axis does; the figures stand beyond it, in one column.
        color: theme.text,
        fontSize: 12,
        formatter: ({ dataIndex }) => {
          const step = steps[dataIndex];
          return step === undefined ? '' : `${formatShort(step.count, '')}  ${formatShare(step.share)}`;
        },
      },
      data: steps.map(({ share }) => share),
    },
  ],
});
