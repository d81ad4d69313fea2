/** Rows kept to compare with, and how a row differs from the nearest of them. */
export class NearestRows {
  readonly #metrics: number;
  readonly #capacity: number;
  /** [capacity × metrics], a ring. */
  readonly #rows: Float64Array;
  readonly #nearest: Int32Array;
  readonly #distances: Float64Array;
  #added = 0;

  /** @param capacity rows kept; beyond, the oldest is forgotten, @param neighbours that count as near */
  constructor(capacity: number, metrics: number, neighbours: number) {
    this.#capacity = capacity;
    this.#metrics = metrics;
    this.#rows = new Float64Array(capacity * metrics);
    this.#nearest = new Int32Array(neighbours);
    this.#distances = new Float64Array(neighbours);
  }

  get size(): number {
    return Math.min(this.#added, this.#capacity);
  }

  add(row: Float64Array): void {
    this.#rows.set(row, (this.#added++ % this.#capacity) * this.#metrics);
  }

  /** One metric of all rows kept, in no order. */
  column(metric: number): Float64Array {
    return Float64Array.from({ length: this.size }, (_, row) => this.#rows[row * this.#metrics + metric] ?? 0);
  }

  /** The rows kept, oldest first, [size × metrics] flat. */
  toArray(): Float64Array {
    const split = this.#added > this.#capacity ? (this.#added % this.#capacity) * this.#metrics : 0;
    const end = this.size * this.#metrics;
    const result = new Float64Array(end);
    result.set(this.#rows.subarray(split, end));
    result.set(this.#rows.subarray(0, split), end - split);
    return result;
  }

  /**
   * Mean distance to the nearest rows: S. Ramaswamy, R. Rastogi & K. Shim, "Efficient algorithms for mining outliers from
   * large data sets", SIGMOD (2000), and its average form of F. Angiulli & C. Pizzuti (PKDD 2002).
   *
   * @param scales [d], what a difference of 1 is in each metric
   * @param expected [d], receives the mean of the nearest rows
   * @param except place of a row that is not to be its own neighbour
   * @returns infinite as long as fewer rows than neighbours are known
   */
  distance(row: Float64Array, scales: Float64Array, expected: Float64Array, except = -1): number {
    const last = this.#nearest.length - 1;
    if (this.size - (except >= 0 ? 1 : 0) <= last) return Number.POSITIVE_INFINITY;
    this.#distances.fill(Number.POSITIVE_INFINITY);
    for (let other = 0; other < this.size; other += 1) {
      if (other === except) continue;
      const bound = this.#distances[last] ?? 0;
      let distance = 0;
      for (let k = 0; k < this.#metrics && distance < bound; k += 1)
        distance += (((row[k] ?? 0) - (this.#rows[other * this.#metrics + k] ?? 0)) / (scales[k] ?? 1)) ** 2;
      if (distance < bound) this.#insert(other, distance, last);
    }
    let sum = 0;
    expected.fill(0);
    for (let k = 0; k <= last; k += 1) {
      sum += Math.sqrt(this.#distances[k] ?? 0);
      const from = (this.#nearest[k] ?? 0) * this.#metrics;
      for (let metric = 0; metric < this.#metrics; metric += 1)
        expected[metric] = (expected[metric] ?? 0) + (this.#rows[from + metric] ?? 0) / (last + 1);
    }
    return sum / (last + 1);
  }

  #insert(row: number, distance: number, last: number): void {
    let place = last;
    for (; place > 0 && (this.#distances[place - 1] ?? 0) > distance; place -= 1) {
      this.#distances[place] = this.#distances[place - 1] ?? 0;
      this.#nearest[place] = this.#nearest[place - 1] ?? 0;
    }
    this.#distances[place] = distance;
    this.#nearest[place] = row;
  }
}
