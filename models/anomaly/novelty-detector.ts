import { NearestShapes, SHAPE_LENGTH } from './nearest-shapes.ts';
import { SortedWindow } from './sorted-window.ts';

/** Neighbours a value must have for it to be nothing new: a fifth like it means that it has been seen before. */
const NEIGHBOURS = 5;
/** Values a shape that is kept stands for. */
const VALUES_PER_SHAPE = 4;

/** How far a point is from what a stream has shown, in its unit; infinite as long as too little is known. */
export interface Novelty {
  /** Distance of the value to the fifth nearest. */
  readonly value: number;
  /** Distance of the course of the last 72 values, as six means, to the fifth nearest. */
  readonly shape: number;
}

/**
 * Streaming novelty: the distance of each value, and of the course it ends, to the fifth nearest one seen before. The
 * non-conformity is that of E. Burnaev & V. Ishimtsev, "Conformalized density- and distance-based anomaly detection in
 * time-series data", arXiv 1608.04585 (2016). A value shows what has never been, a course what has never come about
 * so: a day cut short, a level that creeps away.
 */
export class NoveltyDetector {
  readonly #values: SortedWindow;
  readonly #shapes: NearestShapes;
  readonly #neighboursGrow: boolean;
  readonly #memory: number;

  /**
   * @param memory values that are remembered, a multiple of 4
   * @param neighboursGrow whether as long as the memory is not full a nearer neighbour does, as the root of what is
   *   remembered: so distances are comparable from the start
   */
  constructor(memory: number, neighboursGrow = false) {
    this.#memory = memory;
    this.#neighboursGrow = neighboursGrow;
    this.#values = new SortedWindow(memory);
    this.#shapes = new NearestShapes(memory / VALUES_PER_SHAPE, NEIGHBOURS);
  }

  /** Values before the present one on which all distances depend, if their number is a multiple of 4. */
  static reach(memory: number): number {
    return memory + 2 * SHAPE_LENGTH;
  }

  /** The value that a share of those remembered lie below. */
  quantile(share: number): number {
    return this.#values.at(share);
  }

  /** Judges a value by those added before. */
  judge(value: number): Novelty {
    const { size } = this.#values;
    const known = size >= 2 * NEIGHBOURS;
    const neighbour = this.#neighboursGrow ? Math.max(1, NEIGHBOURS * Math.sqrt(size / this.#memory)) : NEIGHBOURS;
    return {
      value: known ? this.#values.distanceTo(value, neighbour) : Number.POSITIVE_INFINITY,
      shape: this.#shapes.distanceWith(value),
    };
  }

  add(value: number): void {
    this.#values.add(value);
    this.#shapes.add(value);
  }
}

/** Values kept when scores are compared over a whole stream. */
const MEMORY = 20_000;
/** Distances from which their scale is known. */
const FEWEST_DISTANCES = 50;
/** The distance that one point in a hundred exceeds is the unit of a score. */
const RARE = 0.99;

/** Distances of a stream in units of its rare ones. */
class DistanceScale {
  readonly #distances = new SortedWindow(MEMORY);

  next(distance: number): number {
    if (!Number.isFinite(distance)) return 0;
    const usual = this.#distances.at(0.5);
    const unit = this.#distances.at(RARE) - usual + 1e-9 * distance + Number.MIN_VALUE;
    const score = this.#distances.size < FEWEST_DISTANCES ? 0 : Math.max(0, (distance - usual) / unit);
    this.#distances.add(distance);
    return score;
  }
}

/**
 * Scores of streaming novelty that can be compared between streams: the mean of the two distances, each in units of its
 * stream's own rare ones. A point is judged by itself and by those before it alone.
 *
 * @param values [n], in order of time
 * @returns score of each point, [n]; 0 is usual, 1 rare, and until 50 distances are known nothing is more
 */
export const noveltyScores = (values: Float64Array): Float64Array => {
  const detector = new NoveltyDetector(MEMORY);
  const ofValue = new DistanceScale();
  const ofShape = new DistanceScale();
  return values.map((value) => {
    const novelty = detector.judge(value);
    detector.add(value);
    return (ofValue.next(novelty.value) + ofShape.next(novelty.shape)) / 2;
  });
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
