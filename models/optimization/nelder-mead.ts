export interface Minimum {
  /** [d] */
  readonly point: Float64Array;
  readonly value: number;
}

export interface NelderMeadOptions {
  /** First step along each coordinate, [d]. */
  readonly steps: readonly number[];
  readonly mostEvaluations: number;
  /** Ends when the simplex's values differ by less than this share of the least. */
  readonly tolerance?: number;
}

const REFLECTION = 1;
const EXPANSION = 2;
const CONTRACTION = 0.5;
const SHRINKAGE = 0.5;

interface Vertex {
  readonly point: Float64Array;
  value: number;
}

const finite = (value: number): number => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);

/**
 * Least value of a function without derivatives. J. A. Nelder & R. Mead, "A simplex method for function minimization",
 * The Computer Journal 7 (1965). Values that are not numbers count as infinite, so that a function may refuse points.
 *
 * @param f reads its argument and does not keep it, [d]
 * @param start [d]
 */
export const minimize = (
  f: (point: Float64Array) => number,
  start: ArrayLike<number>,
  { steps, mostEvaluations, tolerance = 1e-8 }: NelderMeadOptions,
): Minimum => {
  const d = start.length;
  const simplex: Vertex[] = Array.from({ length: d + 1 }, (_, k) => {
    const point = Float64Array.from(start);
    if (k > 0) point[k - 1] = (point[k - 1] ?? 0) + (steps[k - 1] ?? 0);
    return { point, value: finite(f(point)) };
  });
  const centroid = new Float64Array(d);
  const trial = new Float64Array(d);
  const expanded = new Float64Array(d);
  let evaluations = d + 1;
  const evaluate = (worst: Float64Array, factor: number, target: Float64Array): number => {
    for (let j = 0; j < d; j += 1) target[j] = (centroid[j] ?? 0) + factor * ((worst[j] ?? 0) - (centroid[j] ?? 0));
    evaluations += 1;
    return finite(f(target));
  };
  const replace = (vertex: Vertex, point: Float64Array, value: number): void => {
    vertex.point.set(point);
    vertex.value = value;
  };
  for (;;) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst, second] = [simplex[0], simplex[d], simplex[d - 1]];
    if (best === undefined || worst === undefined || second === undefined)
      throw new RangeError('the start has no coordinates');
    const converged = worst.value - best.value <= tolerance * (Math.abs(best.value) + tolerance);
    if (converged || evaluations >= mostEvaluations) return { point: best.point, value: best.value };
    centroid.fill(0);
    for (let k = 0; k < d; k += 1)
      for (let j = 0; j < d; j += 1) centroid[j] = (centroid[j] ?? 0) + (simplex[k]?.point[j] ?? 0) / d;
    const reflected = evaluate(worst.point, -REFLECTION, trial);
    if (reflected < best.value) {
      const further = evaluate(worst.point, -EXPANSION, expanded);
      if (further < reflected) replace(worst, expanded, further);
      else replace(worst, trial, reflected);
    } else if (reflected < second.value) {
      replace(worst, trial, reflected);
    } else {
      const outside = reflected < worst.value;
      const contracted = evaluate(worst.point, outside ? -CONTRACTION : CONTRACTION, expanded);
      if (contracted < Math.min(reflected, worst.value)) {
        replace(worst, expanded, contracted);
      } else {
        for (const vertex of simplex.slice(1)) {
          for (let j = 0; j < d; j += 1)
            vertex.point[j] = (best.point[j] ?? 0) + SHRINKAGE * ((vertex.point[j] ?? 0) - (best.point[j] ?? 0));
          vertex.value = finite(f(vertex.point));
        }
        evaluations += d;
      }
    }
  }
};
