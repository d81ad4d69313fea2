/** The drawing's own units; it is stretched to the room it has. */
export const WIDTH = 200;
export const HEIGHT = 40;

/** The path of a line through the values, broken where there are none. */
export const sparklinePath = (values: readonly (number | null)[]): string => {
  const known = values.filter((value) => value !== null);
  const least = Math.min(...known);
  const span = Math.max(...known) - least;
  const step = WIDTH / Math.max(1, values.length - 1);
  return values
    .map((value, index) => {
      if (value === null) return '';
      const y = span === 0 ? HEIGHT / 2 : HEIGHT - 2 - ((value - least) / span) * (HEIGHT - 4);
      const goesOn = index > 0 && values[index - 1] !== null;
      const isAlone = !goesOn && (values[index + 1] ?? null) === null;
      // A value between gaps has no line; the round ends of a very short one make a dot.
      return `${goesOn ? 'L' : 'M'}${(index * step).toFixed(1)} ${y.toFixed(1)}${isAlone ? 'h0.01' : ''}`;
    })
    .join('');
};
