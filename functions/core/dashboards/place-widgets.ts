import { GRID_COLUMNS, type Position, type WidgetDraft, type WidgetType } from '../../../plugins/widget.ts';
import type { Widget } from './dashboard.ts';

type Size = Pick<Position, 'width' | 'height'>;

const SMALL: Size = { width: 3, height: 2 };
const HALF: Size = { width: 6, height: 4 };
const WIDE: Size = { width: 12, height: 5 };

const SIZES: Record<WidgetType, Size> = {
  metric: SMALL,
  chart: HALF,
  table: HALF,
  funnel: HALF,
  heatmap: HALF,
  clusters: HALF,
  flow: WIDE,
  forecast: WIDE,
  anomaly: WIDE,
  text: { width: 12, height: 2 },
};

/** Hands out places in rows from left to right, below everything that has its place already. */
const createShelf = (top: number) => {
  let x = 0;
  let y = top;
  let rowHeight = 0;
  return ({ width, height }: Size): Position => {
    if (x + width > GRID_COLUMNS) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const position = { x, y, width, height };
    x += width;
    rowHeight = Math.max(rowHeight, height);
    return position;
  };
};

const createNames = (taken: ReadonlySet<string>) => {
  let count = 0;
  return (): string => {
    do count += 1;
    while (taken.has(`w${count}`));
    return `w${count}`;
  };
};

/** Gives an id and a place to the widgets that have none. */
export const placeWidgets = (drafts: readonly WidgetDraft[]): Widget[] => {
  const placed = drafts.flatMap(({ position }) => (position === undefined ? [] : [position]));
  const nextPlace = createShelf(Math.max(0, ...placed.map(({ y, height }) => y + height)));
  const nextName = createNames(new Set(drafts.flatMap(({ id }) => id ?? [])));
  return drafts.map((draft) => ({
    ...draft,
    id: draft.id ?? nextName(),
    position: draft.position ?? nextPlace(SIZES[draft.type]),
  }));
};
