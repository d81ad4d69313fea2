/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/**
 * Seeded generator sfc32, initialised by splitmix32: the same seed gives the same numbers on every machine.
 * C. Doty-Humphrey, PractRand (2010).
 *
 * @param seed any integer
 */
export const createRandom = (seed: number): Random => {
  let state = seed | 0;
  const splitmix = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let counter = 1;
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4294967296;
  };
};

/** Standard normal deviate by Box and Muller's transform (Annals of Mathematical Statistics 29, 1958). */
export const nextNormal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
