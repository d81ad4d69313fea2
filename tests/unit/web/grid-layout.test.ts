import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  COLUMNS,
  compact,
  firstFreePlace,
  inReadingOrder,
  moveTo,
  type Placed,
  resizeTo,
  withoutOverlaps,
} from '../../../web/src/layout/grid-layout.ts';

const at = (id: string, x: number, y: number, width: number, height: number): Placed => ({
  id,
  position: { x, y, width, height },
});

const placesOf = (items: readonly Placed[]): Record<string, number[]> =>
  Object.fromEntries(items.map(({ id, position: { x, y, width, height } }) => [id, [x, y, width, height]]));

const cellsOf = ({ position: { x, y, width, height } }: Placed): string[] =>
  Array.from({ length: width * height }, (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`);

const expectWithinGridWithoutOverlap = (items: readonly Placed[]): void => {
  const cells = items.flatMap(cellsOf);
  expect(new Set(cells).size).toBe(cells.length);
  for (const { position } of items) {
    expect(position.x).toBeGreaterThanOrEqual(0);
    expect(position.y).toBeGreaterThanOrEqual(0);
    expect(position.x + position.width).toBeLessThanOrEqual(COLUMNS);
  }
};

/** Any items, however they lie: upon each other, with gaps, at the edges. */
const anyItems = fc
  .array(
    fc.record({
      x: fc.integer({ min: 0, max: 11 }),
      y: fc.integer({ min: 0, max: 30 }),
      width: fc.integer({ min: 1, max: 12 }),
      height: fc.integer({ min: 1, max: 8 }),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((positions) => positions.map((position, index) => ({ id: String(index), position })));

describe('whatever is moved or sized', () => {
  test('no widget lies upon another or beyond the grid', () => {
    fc.assert(
      fc.property(anyItems, fc.integer({ min: -5, max: 40 }), fc.integer({ min: -5, max: 40 }), (items, a, b) => {
        const arranged = compact(items);
        expectWithinGridWithoutOverlap(arranged);
        expectWithinGridWithoutOverlap(moveTo(arranged, '0', { x: a, y: b }));
        expectWithinGridWithoutOverlap(resizeTo(arranged, '0', { width: a, height: b }));
      }),
    );
  });

  test('what is compact stays as it is', () => {
    fc.assert(
      fc.property(anyItems, (items) => {
        const once = compact(items);
        expect(compact(once)).toEqual(once);
      }),
    );
  });

  test('the others keep their sizes and their columns', () => {
    fc.assert(
      fc.property(anyItems, fc.integer({ min: 0, max: 11 }), (items, x) => {
        const before = compact(items);
        const after = moveTo(before, '0', { x, y: 3 });
        for (const [index, { id, position }] of before.entries()) {
          const { y: _, ...kept } = position;
          if (id !== '0') expect(after[index]?.position).toMatchObject(kept);
        }
      }),
    );
  });
});

describe('a widget that is moved', () => {
  const stack = [at('a', 0, 0, 6, 4), at('b', 0, 4, 6, 4), at('c', 6, 0, 6, 4)];

  test('changes places with the one below as soon as it reaches its middle', () => {
    expect(placesOf(moveTo(stack, 'a', { x: 0, y: 2 }))).toEqual(placesOf(stack));
    expect(placesOf(moveTo(stack, 'a', { x: 0, y: 3 }))).toEqual({ a: [0, 4, 6, 4], b: [0, 0, 6, 4], c: [6, 0, 6, 4] });
  });

  test('changes places with the one above as soon as it reaches its middle', () => {
    expect(placesOf(moveTo(stack, 'b', { x: 0, y: 2 }))).toEqual(placesOf(stack));
    expect(placesOf(moveTo(stack, 'b', { x: 0, y: 1 }))).toEqual({ a: [0, 4, 6, 4], b: [0, 0, 6, 4], c: [6, 0, 6, 4] });
  });

  test('pushes down what was at its new place, and leaves no gap where it was', () => {
    expect(placesOf(moveTo(stack, 'a', { x: 6, y: 0 }))).toEqual({ a: [6, 0, 6, 4], b: [0, 0, 6, 4], c: [6, 4, 6, 4] });
  });
});

test('a widget grows to the edge of the grid and shrinks to what can be read', () => {
  const items = [at('a', 6, 0, 4, 4)];

  expect(placesOf(resizeTo(items, 'a', { width: 20, height: 3 }))).toEqual({ a: [6, 0, 6, 3] });
  expect(placesOf(resizeTo(items, 'a', { width: 0, height: 0 }))).toEqual({ a: [6, 0, 2, 2] });
});

test('a new widget takes the first gap it fits into, or else the end', () => {
  const items = [at('a', 0, 0, 6, 4), at('b', 9, 0, 3, 4)];

  expect(firstFreePlace(items, { width: 3, height: 2 })).toEqual({ x: 6, y: 0, width: 3, height: 2 });
  expect(firstFreePlace(items, { width: 6, height: 4 })).toEqual({ x: 0, y: 4, width: 6, height: 4 });
});

test('gaps that an author left stay, and overlaps do not', () => {
  const spaced = [at('a', 0, 3, 6, 2)];
  const clashing = [at('a', 0, 0, 6, 4), at('b', 3, 2, 6, 4)];

  expect(withoutOverlaps(spaced)).toEqual(spaced);
  expectWithinGridWithoutOverlap(withoutOverlaps(clashing));
});

test('one column is read row by row', () => {
  const items = [at('right', 6, 0, 6, 2), at('below', 0, 2, 6, 2), at('left', 0, 0, 6, 2)];

  expect(inReadingOrder(items).map(({ id }) => id)).toEqual(['left', 'right', 'below']);
});
