/** Cost of each kind of outcome, as in the corpus's `config/profiles.json`. */
export interface CostProfile {
  readonly tpWeight: number;
  readonly fpWeight: number;
  readonly fnWeight: number;
}

export interface LabelledScores {
  /** Epoch ms, in the file's order; a time may occur twice. */
  readonly times: Float64Array;
  /** The detector's score of each point, the higher the more anomalous. */
  readonly scores: Float64Array;
  /** First and last time of each labelled window, epoch ms. */
  readonly windows: readonly (readonly [start: number, end: number])[];
}

export interface NabScore {
  /** 100 for a detector that marks the first point of each window and nothing else, 0 for one that marks nothing. */
  readonly score: number;
  /** The threshold of the whole corpus at which that score is reached. */
  readonly threshold: number;
}

/** Points, of those a detector may learn from without being scored. */
const PROBATION_SHARE = 0.15;
const MOST_ROWS_OF_PROBATION = 5000;

/** Worth of a detection: near 1 at a window's left edge (-1), 0 at its right edge (0), towards -1 beyond. */
const detectionWorth = (position: number): number => (position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1);

interface Detection {
  readonly score: number;
  /** Index of the window, counted over the corpus; -1 outside of all windows. */
  readonly window: number;
  readonly worth: number;
}

/** What a detection at each point past probation would be worth under a profile. */
const worthOfPoints = (file: LabelledScores, profile: CostProfile, firstWindow: number): Detection[] => {
  const { times, scores, windows } = file;
  const limits = windows.map(([start, end]) => ({ start: times.indexOf(start), end: times.indexOf(end) }));
  if (limits.some(({ start, end }) => start < 0 || end < start)) throw new Error('a window is not part of its file');
  const probation = Math.min(Math.floor(PROBATION_SHARE * times.length), PROBATION_SHARE * MOST_ROWS_OF_PROBATION);
  const best = detectionWorth(-1);
  const detections: Detection[] = [];
  for (let index = Math.ceil(probation); index < times.length; index++) {
    const inside = limits.findIndex(({ start, end }) => index >= start && index <= end);
    const score = scores[index] ?? 0;
    const limit = limits[inside];
    if (limit !== undefined) {
      const position = (index - limit.end - 1) / (limit.end - limit.start + 1);
      detections.push({
        score,
        window: firstWindow + inside,
        worth: (profile.tpWeight * detectionWorth(position)) / best,
      });
    } else {
      const previous = limits.findLast(({ end }) => end < index);
      const worth =
        previous === undefined ? -1 : detectionWorth((index - previous.end) / (previous.end - previous.start));
      detections.push({ score, window: -1, worth: profile.fpWeight * worth });
    }
  }
  return detections;
};

/**
 * The Numenta Anomaly Benchmark's score of a corpus. Each window counts its best detection, the earlier the better, each
 * detection outside of the windows costs, each window missed costs; one threshold serves all files, the best for the
 * profile; the first 15% of each file (at most 750 points) are not scored. The sum is scaled so that marking nothing
 * gives 0 and a perfect detector 100. A. Lavin, S. Ahmad, "Evaluating Real-time Anomaly Detection Algorithms – the
 * Numenta Anomaly Benchmark", ICMLA (2015).
 */
export const scoreNab = (files: readonly LabelledScores[], profile: CostProfile): NabScore => {
  let windows = 0;
  const detections: Detection[] = [];
  for (const file of files) {
    for (const detection of worthOfPoints(file, profile, windows)) detections.push(detection);
    windows += file.windows.length;
  }
  detections.sort((a, b) => b.score - a.score);
  const reachable = new Set(detections.map(({ window }) => window).filter((window) => window >= 0)).size;
  const nothing = -profile.fnWeight * reachable;
  const worthOfWindow = new Float64Array(windows).fill(-profile.fnWeight);
  let total = nothing;
  let best = { total: nothing, threshold: Number.POSITIVE_INFINITY };
  for (const [index, { score, window, worth }] of detections.entries()) {
    const before = worthOfWindow[window];
    if (before === undefined) total += worth;
    else if (worth > before) {
      total += worth - before;
      worthOfWindow[window] = worth;
    }
    if (total > best.total && detections[index + 1]?.score !== score) best = { total, threshold: score };
  }
  const perfect = windows * profile.tpWeight;
  return { score: (100 * (best.total - nothing)) / (perfect - nothing), threshold: best.threshold };
};
