import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Position } from '../api/contract.ts';
import { Icon } from '../icon.tsx';
import { COLUMNS, inReadingOrder, moveTo, type Placed, resizeTo } from './grid-layout.ts';

/** Pixels of a row, and between rows and columns; the style sheet has the same. */
const ROW_HEIGHT = 64;
const GAP = 16;

type Gesture = 'move' | 'resize';

interface Drag {
  readonly id: string;
  readonly gesture: Gesture;
  /** Where the pointer went down. */
  readonly from: { readonly x: number; readonly y: number };
  /** How far it has gone. */
  readonly by: { readonly x: number; readonly y: number };
  readonly start: Position;
}

export interface GridItem extends Placed {
  readonly title: string;
}

export interface WidgetGridProps<Item extends GridItem> {
  readonly items: readonly Item[];
  readonly canArrange: boolean;
  readonly onArrange: (items: Item[]) => void;
  readonly children: (item: Item, handles: ComponentChildren) => ComponentChildren;
}

const KEY_STEPS: { readonly [key: string]: { readonly x: number; readonly y: number } } = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** A row more or less means another place only beyond the neighbour, which is as far as an arrow key goes. */
const neighbourRow = (items: readonly Placed[], { id, position }: Placed, step: number): number => {
  const others = items.filter(
    (other) =>
      other.id !== id &&
      other.position.x < position.x + position.width &&
      position.x < other.position.x + other.position.width,
  );
  const rows = others.map((other) => other.position);
  const above = rows.filter((other) => other.y < position.y).toSorted((a, b) => b.y - a.y)[0];
  const below = rows.filter((other) => other.y > position.y).toSorted((a, b) => a.y - b.y)[0];
  if (step < 0) return above?.y ?? position.y;
  return below === undefined ? position.y : below.y + below.height - position.height + 1;
};

const change = <Item extends GridItem>(items: readonly Item[], { id, gesture, start }: Drag, dx: number, dy: number) =>
  gesture === 'move'
    ? moveTo(items, id, { x: start.x + dx, y: start.y + dy })
    : resizeTo(items, id, { width: start.width + dx, height: start.height + dy });

const describe = ({ title, position }: GridItem): string =>
  `${title}: column ${position.x + 1}, row ${position.y + 1}, ${position.width} columns wide, ${position.height} rows high`;

/** What is left between the pointer and the place that the item would take. */
const offsetOf = ({ by, start }: Drag, place: Position, grid: HTMLElement | null): string => {
  const column = ((grid?.clientWidth ?? 0) + GAP) / COLUMNS;
  const x = by.x - (place.x - start.x) * column;
  const y = by.y - (place.y - start.y) * (ROW_HEIGHT + GAP);
  return `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
};

/** The dashboard's grid, with items that are dragged and sized by pointer or by keyboard. */
export const WidgetGrid = <Item extends GridItem>({
  items,
  canArrange,
  onArrange,
  children,
}: WidgetGridProps<Item>) => {
  const grid = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag>();
  const [said, setSaid] = useState('');

  const cellSteps = ({ by }: Drag): { dx: number; dy: number } => {
    const width = grid.current?.clientWidth ?? 0;
    const column = (width + GAP) / COLUMNS;
    return { dx: Math.round(by.x / column), dy: Math.round(by.y / (ROW_HEIGHT + GAP)) };
  };
  const preview = (current: Drag): Item[] => {
    const { dx, dy } = cellSteps(current);
    return change(items, current, dx, dy);
  };

  useEffect(() => {
    if (drag === undefined) return;
    const cancel = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setDrag(undefined);
    };
    addEventListener('keydown', cancel);
    return () => removeEventListener('keydown', cancel);
  }, [drag === undefined]);

  const begin = (event: PointerEvent, { id, position }: Item, gesture: Gesture): void => {
    if (event.button !== 0 || !(event.currentTarget instanceof HTMLElement)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const from = { x: event.pageX, y: event.pageY };
    setDrag({ id, gesture, from, by: { x: 0, y: 0 }, start: position });
  };
  const follow = (event: PointerEvent): void => {
    if (drag === undefined) return;
    setDrag({ ...drag, by: { x: event.pageX - drag.from.x, y: event.pageY - drag.from.y } });
  };
  const drop = (): void => {
    if (drag === undefined) return;
    const { dx, dy } = cellSteps(drag);
    if (dx !== 0 || dy !== 0) onArrange(preview(drag));
    setDrag(undefined);
  };

  const step = (event: KeyboardEvent, item: Item): void => {
    const by = KEY_STEPS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const { id, position } = item;
    const next = event.shiftKey
      ? resizeTo(items, id, { width: position.width + by.x, height: position.height + by.y })
      : moveTo(items, id, {
          x: position.x + by.x,
          y: by.y === 0 ? position.y : neighbourRow(items, item, by.y),
        });
    onArrange(next);
    const moved = next.find((other) => other.id === id);
    if (moved !== undefined) setSaid(describe(moved));
  };

  const handlesOf = (item: Item): ComponentChildren =>
    canArrange && (
      <button
        type="button"
        class="icon-button move-handle"
        aria-label={`Move or size ${item.title}`}
        aria-describedby="grid-keys"
        title="Drag to move. Arrow keys move, Shift and arrow keys size."
        onPointerDown={(event) => begin(event, item, 'move')}
        onPointerMove={follow}
        onPointerUp={drop}
        onPointerCancel={() => setDrag(undefined)}
        onKeyDown={(event) => step(event, item)}
      >
        <Icon name="grip" />
      </button>
    );

  const shown = drag === undefined ? items : preview(drag);
  const order = inReadingOrder(items);
  return (
    <div class="grid" ref={grid} data-dragging={drag?.gesture}>
      {order.map((item) => {
        const position = shown.find(({ id }) => id === item.id)?.position ?? item.position;
        const isDragged = drag?.id === item.id;
        const isMoved = isDragged && drag.gesture === 'move';
        return (
          <div
            key={item.id}
            class={isDragged ? 'grid-item dragged' : 'grid-item'}
            style={{
              gridColumn: `${position.x + 1} / span ${position.width}`,
              gridRow: `${position.y + 1} / span ${position.height}`,
              '--rows': String(position.height),
            }}
          >
            <div class="grid-item-body" style={isMoved ? { transform: offsetOf(drag, position, grid.current) } : {}}>
              {children(item, handlesOf(item))}
              {canArrange && (
                <span
                  class="resize-handle"
                  aria-hidden="true"
                  onPointerDown={(event) => begin(event, item, 'resize')}
                  onPointerMove={follow}
                  onPointerUp={drop}
                  onPointerCancel={() => setDrag(undefined)}
                >
                  <Icon name="resize" />
                </span>
              )}
            </div>
          </div>
        );
      })}
      <p id="grid-keys" class="visually-hidden">
        Arrow keys move this widget, Shift and arrow keys change its size.
      </p>
      <p class="visually-hidden" role="status">
        {said}
      </p>
    </div>
  );
};
