/** Discrete Fourier transform in place, radix 2. J. W. Cooley & J. W. Tukey, Mathematics of Computation 19 (1965). */
const transform = (real: Float64Array, imaginary: Float64Array): void => {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    const [re, im] = [real[i] ?? 0, imaginary[i] ?? 0];
    real[i] = real[j] ?? 0;
    imaginary[i] = imaginary[j] ?? 0;
    real[j] = re;
    imaginary[j] = im;
  }
  for (let size = 2; size <= n; size <<= 1) {
    const half = size >> 1;
    for (let k = 0; k < half; k += 1) {
      const [cos, sin] = [Math.cos((-2 * Math.PI * k) / size), Math.sin((-2 * Math.PI * k) / size)];
      for (let start = k; start < n; start += size) {
        const other = start + half;
        const re = (real[other] ?? 0) * cos - (imaginary[other] ?? 0) * sin;
        const im = (real[other] ?? 0) * sin + (imaginary[other] ?? 0) * cos;
        real[other] = (real[start] ?? 0) - re;
        imaginary[other] = (imaginary[start] ?? 0) - im;
        real[start] = (real[start] ?? 0) + re;
        imaginary[start] = (imaginary[start] ?? 0) + im;
      }
    }
  }
};

/** Squared magnitudes at evenly spaced frequencies from 0 to one half a sample. */
export interface Periodogram {
  /** [bins + 1]; the frequency of bin k is k / (2 bins). */
  readonly power: Float64Array;
  readonly bins: number;
}

/**
 * Periodogram of the values padded with zeros, so that it is known between the Fourier frequencies too. White noise of
 * variance s² has the mean power s² at every frequency.
 *
 * @param values [n], centred; tapered or not
 * @param oversampling how many bins there are at least to one Fourier frequency
 */
export const periodogram = (values: Float64Array, oversampling: number): Periodogram => {
  const size = 2 ** Math.ceil(Math.log2(values.length * oversampling));
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  real.set(values);
  transform(real, imaginary);
  const bins = size / 2;
  const power = Float64Array.from({ length: bins + 1 }, (_, k) => (real[k] ?? 0) ** 2 + (imaginary[k] ?? 0) ** 2);
  for (let k = 0; k <= bins; k += 1) power[k] = (power[k] ?? 0) / values.length;
  return { power, bins };
};
