import { useEffect, useRef } from 'preact/hooks';
import { chartOption, type DrawnShape } from '../charts/chart-option.ts';
import { chartTheme } from '../charts/chart-theme.ts';
import { loadECharts } from '../charts/load-echarts.ts';
import { theme } from '../theme/theme.ts';
import { summaryOf } from './summary.ts';

type Chart = ReturnType<typeof import('../charts/echarts.ts')['init']>;

/** Draws the chart as a picture of its own, with the ground it stands on. */
export type TakePicture = () => Promise<Blob>;

export interface ChartCanvasProps {
  readonly title: string;
  readonly shape: DrawnShape;
  /** Keys of alarms that are to be marked. */
  readonly newAlarms: ReadonlySet<string>;
  readonly onReady: (takePicture: TakePicture | undefined) => void;
}

const PICTURE_SCALE = 2;

const pictureOf = async (chart: Chart, background: string): Promise<Blob> => {
  const canvas = chart.renderToCanvas({ pixelRatio: PICTURE_SCALE, backgroundColor: background });
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('The browser could not make a picture of the chart');
  return blob;
};

/** One chart. Drawn anew when its data, the theme or its room changes. */
export const ChartCanvas = ({ title, shape, newAlarms, onReady }: ChartCanvasProps) => {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | undefined>(undefined);
  const draw = useRef(() => {});
  const themeName = theme.value;

  draw.current = () => {
    const option = chartOption(shape, chartTheme(themeName), (key) => newAlarms.has(key));
    chart.current?.setOption(option, { notMerge: true, lazyUpdate: true });
  };
  useEffect(() => draw.current(), [shape, themeName, newAlarms]);

  useEffect(() => {
    const host = element.current;
    if (host === null) return;
    let gone = false;
    const observer = new ResizeObserver(() => chart.current?.resize());
    loadECharts(shape.shape).then((init) => {
      if (gone) return;
      const made = init(host);
      chart.current = made;
      draw.current();
      observer.observe(host);
      onReady(() => pictureOf(made, chartTheme(theme.value).surface));
    });
    return () => {
      gone = true;
      observer.disconnect();
      chart.current?.dispose();
      chart.current = undefined;
      onReady(undefined);
    };
  }, []);

  return <div class="chart" ref={element} role="img" aria-label={`${title}. ${summaryOf(shape)}`} />;
};
