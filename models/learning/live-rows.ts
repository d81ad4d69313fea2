import type { PredictionMetrics } from '../networks/prediction-metrics.ts';
import { type ColumnProfile, profileOf, type Stability, stabilityOf } from '../statistics/population-stability.ts';
import { numbersOf } from './columns.ts';
import { judge } from './judgement.ts';
import type { DataRow, Task } from './task.ts';
import type { LearnedNetwork } from './task-predictor.ts';

/** How each feature was distributed when a network learned. */
export type FeatureProfiles = Readonly<Record<string, ColumnProfile>>;

const featuresOf = (task: Task): readonly string[] => ('features' in task ? task.features : []);

/** Profiles of a task's features; none of a sequence of symbols. */
export const profileFeatures = (task: Task, rows: readonly DataRow[]): FeatureProfiles =>
  Object.fromEntries(featuresOf(task).map((name) => [name, profileOf(numbersOf(rows, [name]))]));

export const featureStability = (
  task: Task,
  profiles: FeatureProfiles,
  rows: readonly DataRow[],
): Readonly<Record<string, Stability>> =>
  Object.fromEntries(
    featuresOf(task).flatMap((name) => {
      const profile = profiles[name];
      return profile === undefined ? [] : [[name, stabilityOf(profile, numbersOf(rows, [name]))]];
    }),
  );

/** How well a network does on rows that none was trained on: of a forecast, wherever they hold a window and a horizon. */
export const judgeLive = (
  task: Task,
  network: LearnedNetwork,
  rows: readonly DataRow[],
): Promise<PredictionMetrics> => {
  const all = Int32Array.from(rows, (_, row) => row);
  const judged = task.kind === 'forecast' ? all.slice(task.window, rows.length - task.horizon + 1) : all;
  return judge(task, network, { rows, learned: all, judged });
};
