/** Index of the first element not below `value` among the first `length` of an ascending array. */
export const lowerBound = (sorted: Float64Array, length: number, value: number): number => {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The last values of a stream in ascending order. */
export class SortedWindow {
  readonly #sorted: Float64Array;
  readonly #arrivals: Float64Array;
  #arrived = 0;

  /** @param capacity values kept; beyond, the oldest is forgotten */
  constructor(capacity: number) {
    this.#sorted = new Float64Array(capacity);
    this.#arrivals = new Float64Array(capacity);
  }

  get size(): number {
    return Math.min(this.#arrived, this.#sorted.length);
  }

  add(value: number): void {
    const size = this.size;
    const slot = this.#arrived++ % this.#sorted.length;
    let kept = size;
    if (size === this.#sorted.length) {
      const leaving = lowerBound(this.#sorted, size, this.#arrivals[slot] ?? 0);
      this.#sorted.copyWithin(leaving, leaving + 1, size);
      kept -= 1;
    }
    this.#arrivals[slot] = value;
    const place = lowerBound(this.#sorted, kept, value);
    this.#sorted.copyWithin(place + 1, place, kept);
    this.#sorted[place] = value;
  }

  /** The lower of the two values around a share of the order; 0 is the smallest, 1 the largest. */
  at(share: number): number {
    return this.#sorted[Math.floor(share * (this.size - 1))] ?? Number.NaN;
  }

  /** Distance of a value to the k-th nearest one kept, k at least 1 and between two on a line; infinite with fewer. */
  distanceTo(value: number, k: number): number {
    let above = lowerBound(this.#sorted, this.size, value);
    let below = above - 1;
    let distance = 0;
    for (let neighbour = 1; neighbour < k + 1; neighbour++) {
      const down = below >= 0 ? value - (this.#sorted[below] ?? 0) : Number.POSITIVE_INFINITY;
      const up = above < this.size ? (this.#sorted[above] ?? 0) - value : Number.POSITIVE_INFINITY;
      const next = Math.min(down, up);
      distance = neighbour <= k ? next : distance + (k % 1) * (next - distance);
      if (down < up) below--;
      else above++;
    }
    return distance;
  }
}
