import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Widget, WidgetData, WidgetShape } from '../api/contract.ts';
import { isDrawn } from '../charts/chart-option.ts';
import { formatShare } from '../format/number-format.ts';
import { Menu, type MenuItem } from '../menu.tsx';
import { ChartCanvas, type TakePicture } from './chart-canvas.tsx';
import { ColorLegend } from './color-legend.tsx';
import { DataTable } from './data-table.tsx';
import { saveCsv, savePicture } from './download.ts';
import { MetricView } from './metric-view.tsx';
import { summaryOf } from './summary.ts';
import { tableOf } from './table-of.ts';
import { shapeOf } from './widget-shape.ts';

export interface WidgetCardProps {
  readonly widget: Widget;
  /** Undefined while it is being read for the first time. */
  readonly answer: WidgetData | undefined;
  /** Keys of alarms that came while the page was open. */
  readonly newAlarms: ReadonlySet<string>;
  /** Handles to move and size it by. */
  readonly handles?: ComponentChildren;
  readonly actions?: readonly MenuItem[];
}

const Skeleton = () => (
  <div class="skeleton" role="status">
    <span class="visually-hidden">Loading</span>
  </div>
);

const Notice = ({ title, message }: { readonly title: string; readonly message: string }) => (
  <div class="notice">
    <p class="notice-title">{title}</p>
    <p class="notice-message">{message}</p>
  </div>
);

interface ContentProps {
  readonly widget: Widget;
  readonly shape: WidgetShape;
  readonly asTable: boolean;
  readonly newAlarms: ReadonlySet<string>;
  readonly onReady: (takePicture: TakePicture | undefined) => void;
}

const Content = ({ widget, shape, asTable, newAlarms, onReady }: ContentProps) => {
  if (shape.shape === 'text') return <p class="widget-text">{shape.data.text}</p>;
  if (asTable || shape.shape === 'table') return <DataTable label={widget.title} table={tableOf(shape)} />;
  if (shape.shape === 'metric') return <MetricView data={shape.data} />;
  if (!isDrawn(shape)) return null;
  return <ChartCanvas key={shape.shape} title={widget.title} shape={shape} newAlarms={newAlarms} onReady={onReady} />;
};

/** What the drawing leaves out or rests on, in a line below it. */
const footnoteOf = (shape: WidgetShape): string => {
  switch (shape.shape) {
    case 'series':
      return shape.data.otherSeries > 0 ? `${shape.data.otherSeries} smaller groups are not shown` : '';
    case 'forecast': {
      const [first] = shape.data.series;
      const coverage = first?.backtest?.['coverage'];
      const tested = typeof coverage === 'number' ? `, intervals held ${formatShare(coverage)} in the backtest` : '';
      return first?.model === undefined ? '' : `Model: ${first.model}${tested}`;
    }
    default:
      return '';
  }
};

interface BodyProps extends Omit<ContentProps, 'shape'> {
  readonly answer: WidgetData | undefined;
  readonly shape: WidgetShape | undefined;
}

const Body = ({ answer, shape, ...props }: BodyProps) => {
  if (answer?.status === 'empty') return <Notice title="No data yet" message={answer.message} />;
  if (answer?.status === 'error')
    return <Notice title="This widget could not be read" message={answer.error.message} />;
  if (shape === undefined) return <Skeleton />;
  const footnote = footnoteOf(shape);
  return (
    <>
      <Content {...props} shape={shape} />
      {shape.shape === 'heatmap' && !props.asTable && <ColorLegend data={shape.data} />}
      {footnote !== '' && <p class="widget-footnote">{footnote}</p>}
    </>
  );
};

/** One widget: its title, what can be done with it, and what it shows. */
export const WidgetCard = ({ widget, answer, newAlarms, handles, actions = [] }: WidgetCardProps) => {
  const [asTable, setAsTable] = useState(false);
  const [takePicture, setTakePicture] = useState<TakePicture>();
  const shape = useMemo(
    () => (answer?.status === 'ok' ? shapeOf(widget, answer) : undefined),
    [widget.type, widget.config, answer],
  );
  const canSwitch = shape !== undefined && shape.shape !== 'table' && shape.shape !== 'text';
  const items: MenuItem[] = [
    ...(canSwitch
      ? [{ label: asTable ? 'Show as chart' : 'Show as table', onSelect: () => setAsTable(!asTable) }]
      : []),
    ...(shape === undefined || shape.shape === 'text'
      ? []
      : [{ label: 'Download data (CSV)', onSelect: () => saveCsv(widget.title, tableOf(shape)) }]),
    ...(takePicture === undefined
      ? []
      : [{ label: 'Download picture (PNG)', onSelect: () => savePicture(widget.title, takePicture()) }]),
    ...actions,
  ];
  return (
    <article class="widget" data-type={widget.type} aria-labelledby={`title-${widget.id}`}>
      <header class="widget-header">
        <h2 id={`title-${widget.id}`} title={widget.title}>
          {widget.title}
        </h2>
        {newAlarms.size > 0 && <span class="badge">{newAlarms.size} new</span>}
        {handles}
        {items.length > 0 && <Menu label={`Actions of ${widget.title}`} icon="dots" items={items} />}
      </header>
      <div class="widget-body" data-status={answer?.status ?? 'loading'}>
        <Body
          widget={widget}
          answer={answer}
          shape={shape}
          asTable={asTable}
          newAlarms={newAlarms}
          onReady={(take) => setTakePicture(() => take)}
        />
        {shape?.shape === 'metric' && <span class="visually-hidden">{summaryOf(shape)}</span>}
      </div>
    </article>
  );
};
