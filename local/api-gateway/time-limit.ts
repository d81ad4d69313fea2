/** What the promise gives, or `late` when it has not within `ms`; the work it stands for goes on. */
export const within = async <Value>(promise: Promise<Value>, ms: number): Promise<Value | 'late'> => {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), ms);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};
