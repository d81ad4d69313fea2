import * as z from 'zod';
import { AppError } from '../errors.ts';
import type { ModelRegistry } from '../model-ports.ts';
import { parseOrThrow } from '../validation.ts';
import { isHigherBetter, type Model, type ModelKey, requireModel } from './model.ts';
import { type HoldOut, type Metrics, type ModelVersion, type Stage, stageOf } from './version.ts';

const versionError = 'must be the number of a version';
export const versionSchema = z.int({ error: versionError }).min(1, versionError);

/** @throws {AppError} `model.version_not_found` */
export const requireVersion = async (
  registry: ModelRegistry,
  { tenant, model }: ModelKey,
  version: number,
): Promise<ModelVersion> => {
  const found = await registry.getVersion({ tenant, model }, version);
  if (found !== undefined) return found;
  throw new AppError('model.version_not_found', `The model "${model}" has no version ${version}`, {
    details: [{ field: 'version', message: 'unknown: its training failed, has not ended or was never asked for' }],
  });
};

/** The newest versions that are judged together, beside the champion and the one before it. */
const MOST_RIVALS = 5;

/** Versions that may be held against each other, now or by hand later. */
export const rivalsOf = async (registry: ModelRegistry, key: ModelKey): Promise<ModelVersion[]> => {
  const [{ champion, previous }, newest] = await Promise.all([
    registry.championship(key),
    registry.versions(key, MOST_RIVALS),
  ]);
  const wanted = [champion, previous.at(-1)].filter((version) => version !== undefined);
  const further = wanted.filter((version) => newest.every((known) => known.version !== version));
  const found = await Promise.all(further.map((version) => registry.getVersion(key, version)));
  return [...newest, ...found].filter((rival) => rival !== undefined);
};

/** The metric that decides between a model's versions. */
export const contestMetric = ({ promotion: { metric } }: Model): string => metric;

/** Two versions on the newest hold-out that both were judged by. */
export interface Contest {
  readonly metric: string;
  /** Version whose training held the rows out. */
  readonly holdOutOf: number;
  readonly rows: number;
  readonly challenger: number;
  readonly champion: number;
  /** By how much the challenger is better, as a share of the champion's value; below 0 when it is worse. */
  readonly gain: number;
}

/** Values below count as this when shares of them are taken. */
const SMALLEST_VALUE = 1e-12;

/** @returns undefined when no hold-out has judged both */
export const contestOf = (
  { promotion: { metric } }: Model,
  holdOuts: readonly HoldOut[],
  challenger: number,
  champion: number,
): Contest | undefined => {
  const common = holdOuts
    .filter(({ metrics }) => [challenger, champion].every((version) => metrics[version]?.[metric] !== undefined))
    .sort((a, b) => b.version - a.version)[0];
  const [ofChallenger, ofChampion] = [challenger, champion].map((version) => common?.metrics[version]?.[metric]);
  if (common === undefined || ofChallenger === undefined || ofChampion === undefined) return undefined;
  const difference = isHigherBetter(metric) ? ofChallenger - ofChampion : ofChampion - ofChallenger;
  const gain = difference / Math.max(Math.abs(ofChampion), SMALLEST_VALUE);
  return { metric, holdOutOf: common.version, rows: common.rows, challenger, champion, gain };
};

export interface Comparison {
  readonly versions: readonly (ModelVersion & { readonly stage: Stage })[];
  /** Metrics of both on the same rows; null when no hold-out has judged both. */
  readonly sameHoldOut: {
    readonly holdOutOf: number;
    readonly rows: number;
    readonly metric: string;
    /** null when both are alike. */
    readonly better: number | null;
    /** By how much the better one is, as a share of the other's value. */
    readonly gain: number;
    readonly metrics: Readonly<Record<string, Metrics>>;
  } | null;
}

const two = 'must be a list of two versions, such as [2, 3]';
const requestSchema = z.strictObject({
  versions: z.tuple([versionSchema, versionSchema], { error: two }).refine(([one, other]) => one !== other, two),
});

/** @throws {AppError} `request.invalid`, `model.not_found` or `model.version_not_found` */
export const compareVersions = async (
  { registry }: { readonly registry: ModelRegistry },
  { tenant, model, body }: ModelKey & { readonly body: unknown },
): Promise<Comparison> => {
  const { versions } = parseOrThrow(requestSchema, body, { what: 'The comparison' });
  const found = await requireModel(registry, { tenant, model });
  const key = { tenant, model };
  const [compared, championship, holdOuts] = await Promise.all([
    Promise.all(versions.map((version) => requireVersion(registry, key, version))),
    registry.championship(key),
    registry.holdOuts(key),
  ]);
  const contest = contestOf(found, holdOuts, ...versions);
  const staged = compared.map((version) => ({ ...version, stage: stageOf(championship, version.version) }));
  if (contest === undefined) return { versions: staged, sameHoldOut: null };
  const { holdOutOf, rows, metric } = contest;
  const [one, other] = versions;
  const [better, worse] = contest.gain >= 0 ? [one, other] : [other, one];
  const metrics = holdOuts.find(({ version }) => version === holdOutOf)?.metrics ?? {};
  const ofBoth = Object.fromEntries(versions.map((version) => [version, metrics[version] ?? {}]));
  const { gain = 0 } = contestOf(found, holdOuts, better, worse) ?? {};
  return {
    versions: staged,
    sameHoldOut: { holdOutOf, rows, metric, better: gain === 0 ? null : better, gain, metrics: ofBoth },
  };
};
