/** Neighbours a value must have for it to be nothing new: a fifth like it means that it has been seen before. */
const NEIGHBOURS = 5;
/** Points of the slow mean, whose novelty shows what no single value does: a level that creeps away. */
const SLOW_MEAN_POINTS = 144;
/** Points from which a scale of distances is known. */
const FEWEST_POINTS = 50;
/** Values kept; beyond, the oldest is forgotten, so that time and memory a point stay bounded. */
const MOST_KEPT = 20_000;

/** Index of the first element not below `value` among the first `length` of an ascending array. */
const lowerBound = (sorted: Float64Array, length: number, value: number): number => {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Distance of a stream's value to the k-th nearest one before it, in standard deviations of such distances so far. */
class Novelty {
  readonly #sorted = new Float64Array(MOST_KEPT);
  readonly #arrivals = new Float64Array(MOST_KEPT);
  readonly #delay: number;
  #arrived = 0;
  #entered = 0;
  #kept = 0;
  #distances = 0;
  #mean = 0;
  #squares = 0;

  /** @param delay points after which a value may serve as a neighbour: overlapping means are alike by construction */
  constructor(delay: number) {
    this.#delay = delay;
  }

  next(value: number): number {
    if (this.#kept < 2 * NEIGHBOURS) {
      // A distance to too few is not one of the scale: counting it as 0 would make whatever follows look strange.
      this.#remember(value);
      return 0;
    }
    const distance = this.#distanceTo(value);
    const deviation = Math.sqrt(this.#squares / Math.max(1, this.#distances));
    const tiny = 1e-9 * (Math.abs(value) + Math.abs(this.#mean)) + Number.MIN_VALUE;
    const score = this.#distances < FEWEST_POINTS ? 0 : (distance - this.#mean) / (deviation + tiny);
    this.#distances++;
    const change = distance - this.#mean;
    this.#mean += change / this.#distances;
    this.#squares += change * (distance - this.#mean);
    this.#remember(value);
    return score;
  }

  #distanceTo(value: number): number {
    let above = lowerBound(this.#sorted, this.#kept, value);
    let below = above - 1;
    let distance = 0;
    for (let neighbour = 0; neighbour < NEIGHBOURS; neighbour++) {
      const down = below >= 0 ? value - (this.#sorted[below] ?? 0) : Number.POSITIVE_INFINITY;
      const up = above < this.#kept ? (this.#sorted[above] ?? 0) - value : Number.POSITIVE_INFINITY;
      distance = Math.min(down, up);
      if (down < up) below--;
      else above++;
    }
    return distance;
  }

  #remember(value: number): void {
    // A ring long enough for the delay and for forgetting; a value enters the sorted ones once the delay has passed.
    this.#arrivals[this.#arrived++ % MOST_KEPT] = value;
    if (this.#arrived <= this.#delay) return;
    if (this.#kept === MOST_KEPT - this.#delay) {
      const oldest = this.#arrivals[(this.#entered - this.#kept) % MOST_KEPT] ?? 0;
      const leaving = lowerBound(this.#sorted, this.#kept, oldest);
      this.#sorted.copyWithin(leaving, leaving + 1, this.#kept--);
    }
    const entering = this.#arrivals[this.#entered++ % MOST_KEPT] ?? 0;
    const place = lowerBound(this.#sorted, this.#kept, entering);
    this.#sorted.copyWithin(place + 1, place, this.#kept++);
    this.#sorted[place] = entering;
  }
}

/**
 * Streaming novelty of a series: the distance of each value, and of its slow mean, to the fifth nearest one seen before
 * (the non-conformity of E. Burnaev, V. Ishimtsev, "Conformalized density- and distance-based anomaly detection in
 * time-series data", arXiv 1608.04585 (2016), in one dimension), standardised by the distances so far. A point is judged
 * by itself and by those before it alone.
 *
 * @param values [n], in order of time
 * @returns score of each point, [n]; 0 is usual, and until 50 points are known nothing is more
 */
export const noveltyScores = (values: Float64Array): Float64Array => {
  const value = new Novelty(0);
  const level = new Novelty(SLOW_MEAN_POINTS);
  const scores = new Float64Array(values.length);
  let sum = 0;
  for (const [index, current] of values.entries()) {
    sum += current - (index < SLOW_MEAN_POINTS ? 0 : (values[index - SLOW_MEAN_POINTS] ?? 0));
    const mean = sum / Math.min(SLOW_MEAN_POINTS, index + 1);
    scores[index] = (Math.max(0, value.next(current)) + Math.max(0, level.next(mean))) / 2;
  }
  return scores;
};

/** Share of the points so far within which an alarm speaks for those after it. */
const QUIET_SHARE = 0.1;

/**
 * Leaves of the scores only the records of their recent past: after an alarm a point is news only if it is stranger
 * still. The past is the last tenth of what the stream has shown.
 *
 * @param scores [n]
 * @returns the score where it exceeds all of its recent past, 0 elsewhere, [n]
 */
export const onlyRecords = (scores: Float64Array): Float64Array => {
  const records = new Float64Array(scores.length);
  // Indices whose scores fall: the front is the largest of the past window.
  const queue = new Int32Array(scores.length);
  let front = 0;
  let back = 0;
  for (const [index, score] of scores.entries()) {
    const oldest = index - Math.floor(QUIET_SHARE * index);
    while (front < back && (queue[front] ?? 0) < oldest) front++;
    if (front === back || score > (scores[queue[front] ?? 0] ?? 0)) records[index] = score;
    while (front < back && (scores[queue[back - 1] ?? 0] ?? 0) <= score) back--;
    queue[back++] = index;
  }
  return records;
};
