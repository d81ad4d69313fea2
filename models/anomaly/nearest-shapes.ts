/** Means that make a shape, and values each is the mean of: the course of the last 72 values. */
const MEANS = 6;
const VALUES_PER_MEAN = 12;
export const SHAPE_LENGTH = MEANS * VALUES_PER_MEAN;
/** Of overlapping shapes, which are alike, one in so many is kept. */
const STRIDE = 4;

/**
 * The courses a stream has taken before, piecewise averaged: E. Keogh et al., "Dimensionality reduction for fast similarity
 * search in large time series databases", Knowledge and Information Systems 3 (2001).
 */
export class NearestShapes {
  readonly #capacity: number;
  /** [capacity × MEANS], a ring. */
  readonly #shapes: Float64Array;
  readonly #recent = new Float64Array(SHAPE_LENGTH);
  /** Shapes that still overlap with the present one. */
  readonly #pending = new Float64Array((SHAPE_LENGTH / STRIDE) * MEANS);
  readonly #current = new Float64Array(MEANS);
  readonly #nearest: Float64Array;
  #arrived = 0;
  #kept = 0;

  /** @param capacity shapes kept, each of which stands for 4 values, @param neighbours to be near to */
  constructor(capacity: number, neighbours: number) {
    this.#capacity = capacity;
    this.#shapes = new Float64Array(capacity * MEANS);
    this.#nearest = new Float64Array(neighbours);
  }

  add(value: number): void {
    const slot = this.#arrived % SHAPE_LENGTH;
    this.#recent[slot] = value;
    if (this.#arrived % STRIDE === 0 && this.#arrived >= SHAPE_LENGTH - 1) {
      const place = ((this.#arrived / STRIDE) % (SHAPE_LENGTH / STRIDE)) * MEANS;
      if (this.#arrived >= 2 * SHAPE_LENGTH - 1) {
        const to = (this.#kept++ % this.#capacity) * MEANS;
        this.#shapes.set(this.#pending.subarray(place, place + MEANS), to);
      }
      this.#average();
      this.#pending.set(this.#current, place);
    }
    this.#arrived += 1;
  }

  /** Distance of the course that ends with `value` to the k-th nearest one; infinite as long as fewer are known. */
  distanceWith(value: number): number {
    if (this.#kept < this.#nearest.length || this.#arrived < SHAPE_LENGTH) return Number.POSITIVE_INFINITY;
    const slot = this.#arrived % SHAPE_LENGTH;
    const overwritten = this.#recent[slot] ?? 0;
    this.#recent[slot] = value;
    this.#average();
    this.#recent[slot] = overwritten;
    return Math.sqrt(this.#squaredDistance());
  }

  /** Means of the last values, the newest first, where `#arrived` is the index of the newest. */
  #average(): void {
    for (let mean = 0; mean < MEANS; mean += 1) {
      let sum = 0;
      for (let i = 0; i < VALUES_PER_MEAN; i += 1)
        sum += this.#recent[(this.#arrived + SHAPE_LENGTH - mean * VALUES_PER_MEAN - i) % SHAPE_LENGTH] ?? 0;
      this.#current[mean] = sum / VALUES_PER_MEAN;
    }
  }

  #squaredDistance(): number {
    const nearest = this.#nearest.fill(Number.POSITIVE_INFINITY);
    const last = nearest.length - 1;
    const end = Math.min(this.#kept, this.#capacity) * MEANS;
    for (let from = 0; from < end; from += MEANS) {
      const bound = nearest[last] ?? 0;
      let distance = 0;
      for (let k = 0; k < MEANS && distance < bound; k += 1)
        distance += ((this.#current[k] ?? 0) - (this.#shapes[from + k] ?? 0)) ** 2;
      if (distance >= bound) continue;
      let place = last;
      for (; place > 0 && (nearest[place - 1] ?? 0) > distance; place -= 1) nearest[place] = nearest[place - 1] ?? 0;
      nearest[place] = distance;
    }
    return nearest[last] ?? 0;
  }
}
