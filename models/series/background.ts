/** Persistence of the coloured part; the last is all but a random walk. */
const PERSISTENCE = [0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.87, 0.92, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999] as const;
/** Share of white noise in the power at the highest frequency. */
const WHITE_SHARE = [0, 0.3, 0.6, 0.8, 0.9, 0.96, 0.99, 0.997] as const;
/** Power relative to the background beyond which a bin tells nothing of the background. */
const OUTLYING = 5;
/** Mean of min(E, 5) for an exponential variable E of mean 1. */
const MEAN_OF_BOUNDED = 1 - Math.exp(-OUTLYING);
const SCALE_PASSES = 8;

const shape = (frequency: number, persistence: number, white: number): number => {
  const atTop = (1 + persistence) ** 2;
  const coloured = atTop / (1 + persistence ** 2 - 2 * persistence * Math.cos(2 * Math.PI * frequency));
  return white + (1 - white) * coloured;
};

/** Scale at which the bounded ratios have the mean they should, by fixed-point iteration from the median. */
const fitScale = (ratios: Float64Array): number => {
  const median = Float64Array.from(ratios).sort()[Math.floor(ratios.length / 2)] ?? 0;
  let scale = median / Math.LN2;
  for (let pass = 0; pass < SCALE_PASSES && scale > 0; pass += 1) {
    let sum = 0;
    for (let k = 0; k < ratios.length; k += 1) sum += Math.min(OUTLYING, (ratios[k] ?? 0) / scale);
    scale *= sum / ratios.length / MEAN_OF_BOUNDED;
  }
  return scale;
};

/**
 * Spectrum of the noise beneath whatever lines stand out of it: white noise plus a first-order autoregression, from
 * white noise to a random walk, by Whittle's likelihood with the contribution of outlying bins bounded. The idea is that
 * of M. E. Mann & J. M. Lees, "Robust estimation of background noise and signal detection in climatic time series",
 * Climatic Change 33 (1996).
 *
 * @param power [m], periodogram at about independent frequencies
 * @param frequencies [m], 0 to 0.5 a sample
 * @returns the expected power at a frequency
 */
export const fitBackground = (power: Float64Array, frequencies: Float64Array): ((frequency: number) => number) => {
  const m = power.length;
  const shapes = new Float64Array(m);
  const ratios = new Float64Array(m);
  let least = Number.POSITIVE_INFINITY;
  let best = { persistence: 0, white: 0, scale: 0 };
  for (const persistence of PERSISTENCE) {
    for (const white of persistence === 0 ? [0] : WHITE_SHARE) {
      let logarithms = 0;
      for (let k = 0; k < m; k += 1) {
        const value = shape(frequencies[k] ?? 0, persistence, white);
        shapes[k] = value;
        ratios[k] = (power[k] ?? 0) / value;
        logarithms += Math.log(value);
      }
      const scale = fitScale(ratios);
      let cost = logarithms + m * Math.log(scale);
      for (let k = 0; k < m; k += 1) cost += Math.min(OUTLYING, (ratios[k] ?? 0) / scale);
      if (cost < least) [least, best] = [cost, { persistence, white, scale }];
    }
  }
  return (frequency) => best.scale * shape(frequency, best.persistence, best.white);
};
