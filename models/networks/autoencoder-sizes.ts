/** Half of the inputs must do to tell all of them: what they have in common. */
export const autoencoderSizes = (inputs: number): number[] => {
  const wide = Math.max(4, Math.min(32, 2 * inputs));
  const narrow = Math.max(1, Math.min(16, Math.floor(inputs / 2)));
  return [inputs, wide, narrow, wide, inputs];
};
