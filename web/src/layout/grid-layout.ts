import type { Position } from '../api/contract.ts';

/** The grid of a dashboard: 12 columns, rows without end. Pure: it knows nothing of pixels. */

export const COLUMNS = 12;
const TALLEST = 40;
/** Smallest size that a widget is given here, at which it can be read; the API takes smaller ones. */
const SMALLEST = { width: 2, height: 2 };

export interface Placed {
  readonly id: string;
  readonly position: Position;
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

const intoGrid = ({ x, y, width, height }: Position): Position => {
  const columns = clamp(Math.round(width), 1, COLUMNS);
  return {
    width: columns,
    height: clamp(Math.round(height), 1, TALLEST),
    x: clamp(Math.round(x), 0, COLUMNS - columns),
    y: Math.max(0, Math.round(y)),
  };
};

const centreOf = ({ y, height }: Position): number => y + height / 2;

/**
 * Lets the items fall upwards, one after the other, until each rests on the top or on what came before it. The result
 * has no overlap, and falling again changes nothing.
 */
const fall = (ordered: readonly Placed[]): ReadonlyMap<string, Position> => {
  const ground: number[] = Array(COLUMNS).fill(0);
  const places = new Map<string, Position>();
  for (const { id, position } of ordered) {
    const end = position.x + position.width;
    const y = Math.max(...ground.slice(position.x, end));
    ground.fill(y + position.height, position.x, end);
    places.set(id, { ...position, y });
  }
  return places;
};

/** Falls in the order of `keyOf`, and returns the items in the order they were given. */
const arrange = <Item extends Placed>(items: readonly Item[], keyOf: (item: Placed) => number): Item[] => {
  const inGrid = items.map((item) => ({ ...item, position: intoGrid(item.position) }));
  const ordered = inGrid.toSorted((a, b) => keyOf(a) - keyOf(b) || a.position.x - b.position.x);
  const places = fall(ordered);
  return inGrid.map((item) => ({ ...item, position: places.get(item.id) ?? item.position }));
};

/** The items without gaps above them and without overlaps. */
export const compact = <Item extends Placed>(items: readonly Item[]): Item[] =>
  arrange(items, ({ position }) => centreOf(position));

const replace = <Item extends Placed>(
  items: readonly Item[],
  id: string,
  change: (position: Position) => Position,
): Item[] => items.map((item) => (item.id === id ? { ...item, position: intoGrid(change(item.position)) } : item));

/**
 * Moves one item to a column and row; the others make room. An item that goes down passes another as soon as its lower
 * edge passes the other's middle, and one that goes up with its upper edge, so that neighbours change places at half way.
 */
export const moveTo = <Item extends Placed>(
  items: readonly Item[],
  id: string,
  { x, y }: Pick<Position, 'x' | 'y'>,
): Item[] => {
  const before = items.find((item) => item.id === id);
  if (before === undefined) return [...items];
  const goesDown = y > before.position.y;
  return arrange(
    replace(items, id, (position) => ({ ...position, x, y })),
    (item) => {
      if (item.id !== id) return centreOf(item.position);
      return goesDown ? item.position.y + item.position.height : item.position.y;
    },
  );
};

/** Gives one item a size, as far as the grid reaches; the others make room. */
export const resizeTo = <Item extends Placed>(
  items: readonly Item[],
  id: string,
  { width, height }: Pick<Position, 'width' | 'height'>,
): Item[] =>
  arrange(
    replace(items, id, (position) => ({
      ...position,
      width: clamp(width, SMALLEST.width, COLUMNS - position.x),
      height: Math.max(height, SMALLEST.height),
    })),
    ({ id: other, position }) => (other === id ? position.y : centreOf(position)),
  );

const overlaps = (a: Position, b: Position): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Where an item of a size fits without moving another: the highest place, and the leftmost of those. */
export const firstFreePlace = (
  items: readonly Placed[],
  { width, height }: Pick<Position, 'width' | 'height'>,
): Position => {
  const bottom = Math.max(0, ...items.map(({ position }) => position.y + position.height));
  for (let y = 0; y < bottom; y++) {
    for (let x = 0; x <= COLUMNS - width; x++) {
      const place = { x, y, width, height };
      if (!items.some(({ position }) => overlaps(position, place))) return place;
    }
  }
  return { x: 0, y: bottom, width, height };
};

/** The items by rows and then columns, which is how they are read, and shown where there is room for one column only. */
export const inReadingOrder = <Item extends Placed>(items: readonly Item[]): Item[] =>
  items.toSorted((a, b) => a.position.y - b.position.y || a.position.x - b.position.x);

/** The items as they are when none overlaps another, or else compacted: what is shown must never lie upon another. */
export const withoutOverlaps = <Item extends Placed>(items: readonly Item[]): Item[] => {
  const clash = items.some((item, index) =>
    items.slice(index + 1).some((other) => overlaps(item.position, other.position)),
  );
  return clash ? compact(items) : [...items];
};
