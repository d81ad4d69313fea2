import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noveltyScores, onlyRecords } from '../../models/anomaly/novelty-detector.ts';
import { type CostProfile, type LabelledScores, scoreNab } from './nab-scorer.ts';

type Windows = Readonly<Record<string, readonly (readonly [string, string])[]>>;
type Profiles = Readonly<Record<string, { readonly CostMatrix: CostProfile }>>;

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));

const toTime = (text: string): number => Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`);

const readSeries = async (file: string): Promise<{ times: Float64Array; values: Float64Array }> => {
  const rows = (await readFile(file, 'utf8')).trim().split(/\r?\n/).slice(1);
  const cells = rows.map((row) => row.split(','));
  return {
    times: Float64Array.from(cells, ([time]) => toTime(time ?? '')),
    values: Float64Array.from(cells, ([, value]) => Number(value)),
  };
};

/**
 * Scores the streaming detector on the Numenta Anomaly Benchmark, without look-ahead: no file's range, length or later
 * point is used, and nothing is set per file.
 *
 * @param dataDir folder holding `nab/data`, `nab/labels` and `nab/config` as the corpus lays them out
 */
export const benchmarkNab = async (dataDir: string) => {
  const folder = join(dataDir, 'nab');
  const windows = (await readJson(join(folder, 'labels', 'combined_windows.json'))) as Windows;
  const profiles = (await readJson(join(folder, 'config', 'profiles.json'))) as Profiles;
  const files: LabelledScores[] = [];
  let elapsed = 0;
  let points = 0;
  for (const [name, limits] of Object.entries(windows)) {
    const { times, values } = await readSeries(join(folder, 'data', name));
    const started = performance.now();
    const scores = onlyRecords(noveltyScores(values));
    elapsed += performance.now() - started;
    points += values.length;
    files.push({ times, scores, windows: limits.map(([start, end]) => [toTime(start), toTime(end)] as const) });
  }
  const score = (profile: string): number => {
    const costs = profiles[profile]?.CostMatrix;
    if (costs === undefined) throw new Error(`config/profiles.json has no profile ${profile}`);
    return scoreNab(files, costs).score;
  };
  return {
    standard: score('standard'),
    lowFp: score('reward_low_FP_rate'),
    lowFn: score('reward_low_FN_rate'),
    msPerPoint: elapsed / points,
    files: files.length,
  };
};
