import * as z from 'zod';
import { AppError } from '../errors.ts';
import type { ModelRegistry } from '../model-ports.ts';
import type { Clock, PushQueue } from '../ports.ts';
import { parseOrThrow } from '../validation.ts';
import { type Contest, contestOf, requireVersion, versionSchema } from './compare-versions.ts';
import { type Model, type ModelKey, requireModel } from './model.ts';
import { promotedMessage } from './model-events.ts';
import { type Championship, crown, dethrone, stageOf } from './version.ts';

export interface PromotionDependencies {
  readonly registry: ModelRegistry;
  readonly push: PushQueue;
  readonly clock: Clock;
}

/** Times that a promotion is tried anew because another came between. */
const MOST_ATTEMPTS = 10;

/** Shares that differ by less differ by rounding. */
const ROUNDING = 1e-9;

const round = (share: number): string => `${(100 * share).toFixed(1)}%`;

const refuseWorse = ({ promotion: { margin } }: Model, { gain, metric, rows, challenger, champion }: Contest): void => {
  if (gain >= -margin - ROUNDING) return;
  const message = `has a ${metric} that is ${round(-gain)} worse than that of version ${champion}, on the same ${rows} held-out rows`;
  throw new AppError('model.worse_than_champion', `Version ${challenger} ${message}`, {
    details: [{ field: 'version', message: `${message}; ${round(margin)} is allowed (promotion.margin)` }],
  });
};

const refuseIncomparable = (version: number, champion: number): AppError =>
  new AppError(
    'model.not_comparable',
    `Version ${version} and the champion ${champion} were judged by no common hold-out`,
    {
      details: [
        {
          field: 'version',
          message: 'train anew with rows held out: each training judges the newest versions by them',
        },
      ],
    },
  );

/** @returns whether the version may take the champion's place by itself */
const isBetter = ({ model, contest }: { model: Model; contest: Contest | undefined }): boolean =>
  model.promotion.automatic && contest !== undefined && contest.gain > 0;

const announce = async (
  { push, clock }: PromotionDependencies,
  key: ModelKey,
  { before, after, reason }: { before: Championship; after: Championship; reason: 'promotion' | 'rollback' },
): Promise<void> => push.send(promotedMessage(key, { before, after, reason, at: clock().toISOString() }));

export interface Promotion {
  readonly champion: number;
  /** The version that served before. */
  readonly former?: number | undefined;
  /** Whether anything changed. */
  readonly changed: boolean;
}

/**
 * Makes a version the champion by one conditional write; if another promotion comes between, it is held against the
 * champion of then.
 *
 * @throws {AppError} `model.worse_than_champion` or `model.not_comparable`
 */
const promoteOver = async (
  dependencies: PromotionDependencies,
  key: ModelKey,
  version: number,
  mayReplace: (champion: number) => Promise<boolean>,
): Promise<Promotion> => {
  const { registry } = dependencies;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const before = await registry.championship(key);
    const { champion } = before;
    if (champion === version) return { champion: version, changed: false };
    if (champion !== undefined && !(await mayReplace(champion))) return { champion, changed: false };
    const after = crown(before, version);
    if (!(await registry.moveChampionship(key, before.revision, after))) continue;
    await announce(dependencies, key, { before, after, reason: 'promotion' });
    return { champion: version, former: champion, changed: true };
  }
  throw new AppError('model.changed', 'Other promotions of this model kept coming between; try again');
};

const requestSchema = z.strictObject({ version: versionSchema });

/**
 * Makes a version the champion, unless it is worse than the one that serves by more than the model's margin, on the
 * newest hold-out that judged both.
 *
 * @throws {AppError} `model.not_found`, `model.version_not_found`, `model.worse_than_champion`, `model.not_comparable`
 */
export const promoteVersion = async (
  dependencies: PromotionDependencies,
  { tenant, model: name, body }: ModelKey & { readonly body: unknown },
): Promise<Promotion> => {
  const { version } = parseOrThrow(requestSchema, body, { what: 'The promotion' });
  const { registry } = dependencies;
  const key = { tenant, model: name };
  const model = await requireModel(registry, key);
  await requireVersion(registry, key, version);
  return promoteOver(dependencies, key, version, async (champion) => {
    const contest = contestOf(model, await registry.holdOuts(key), version, champion);
    if (contest === undefined) throw refuseIncomparable(version, champion);
    refuseWorse(model, contest);
    return true;
  });
};

/**
 * What follows a training: the first version of a model becomes its champion; a later one does when the model says so and
 * it is better on the hold-out of that training. One that was archived never comes back by itself.
 */
export const promoteIfBetter = async (
  dependencies: PromotionDependencies,
  model: Model,
  version: number,
): Promise<Promotion> => {
  const { registry } = dependencies;
  const key = { tenant: model.tenant, model: model.name };
  const current = await registry.championship(key);
  if (stageOf(current, version) === 'archived') return { champion: current.champion ?? version, changed: false };
  return promoteOver(dependencies, key, version, async (champion) => {
    const contest = contestOf(model, await registry.holdOuts(key), version, champion);
    return isBetter({ model, contest });
  });
};

/**
 * Returns to the champion before. A change that comes between is not undone in its place.
 *
 * @throws {AppError} `model.not_found`, `model.no_former_champion`, `model.changed`
 */
export const rollBack = async (dependencies: PromotionDependencies, key: ModelKey): Promise<Promotion> => {
  const { registry } = dependencies;
  await requireModel(registry, key);
  const before = await registry.championship(key);
  const after = dethrone(before);
  if (after?.champion === undefined) {
    throw new AppError('model.no_former_champion', `The model "${key.model}" has no former champion to return to`);
  }
  if (!(await registry.moveChampionship(key, before.revision, after))) {
    throw new AppError('model.changed', 'The champion was changed by somebody else meanwhile; look and try again');
  }
  await announce(dependencies, key, { before, after, reason: 'rollback' });
  return { champion: after.champion, former: before.champion, changed: true };
};
