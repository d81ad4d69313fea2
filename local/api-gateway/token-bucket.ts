/**
 * The throttle of an API stage: `rate` requests a second, and up to `burst` at once.
 *
 * @returns a function that takes a token and says whether there was one
 */
export const createTokenBucket = (rate: number, burst: number, now: () => number = () => performance.now()) => {
  let tokens = burst;
  let filledAt = now();
  return (): boolean => {
    const at = now();
    tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * rate);
    filledAt = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};
