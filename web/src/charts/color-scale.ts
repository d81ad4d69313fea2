/** The channels of `#rrggbb`. */
const channels = (color: string): number[] => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));

const toHex = (channel: number): string => Math.round(channel).toString(16).padStart(2, '0');

/** The colour at a share, 0 to 1, of the way through `scale`, a list of `#rrggbb`, between whose colours it is mixed. */
export const colorAt = (scale: readonly string[], share: number): string => {
  const place = Math.min(Math.max(share, 0), 1) * (scale.length - 1);
  const below = Math.floor(place);
  const from = channels(scale[below] ?? '#000000');
  const to = channels(scale[Math.min(below + 1, scale.length - 1)] ?? '#000000');
  return `#${from.map((channel, index) => toHex(channel + ((to[index] ?? 0) - channel) * (place - below))).join('')}`;
};
