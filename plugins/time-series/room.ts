/** How much of each series is reported: all together make the result, which stays below 300 KB. */
export interface Room {
  readonly decompositionRows: number;
  readonly lags: number;
  readonly changes: number;
  readonly outliers: number;
  readonly gaps: number;
  /** Places of a season's cycle. */
  readonly phases: number;
}

/** Rows of a decomposition that show something; fewer are left out. */
const FEWEST_ROWS = 12;

/** An even share, with so many at least and at most. */
const share = (all: number, series: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, Math.floor(all / series)));

export const roomFor = (series: number): Room => {
  const rows = share(1_000, series, 0, 300);
  return {
    decompositionRows: rows < FEWEST_ROWS ? 0 : rows,
    lags: share(1_000, series, 10, 48),
    changes: share(150, series, 2, 20),
    outliers: share(150, series, 2, 10),
    gaps: share(100, series, 1, 10),
    phases: share(1_200, series, 12, 24),
  };
};
