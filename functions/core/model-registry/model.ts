import * as z from 'zod';
import { AppError } from '../errors.ts';
import { queriedDataSchema } from '../training/data-schema.ts';

const nameError = 'must be 1 to 64 lower-case letters and digits, with hyphens between them, such as "churn"';
/** A model's name, unique within its tenant. It is part of keys, so that it holds none of their separators. */
const modelNameSchema = z
  .string({ error: nameError })
  .max(64, nameError)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, nameError);

const columnError = 'must be the name of a column, 1 to 100 characters';
const column = z.string({ error: columnError }).min(1, columnError).max(100, columnError);
const featuresError = 'must be a list of 1 to 200 different columns';
const features = z
  .array(column, { error: featuresError })
  .min(1, featuresError)
  .max(200, featuresError)
  .refine((names) => new Set(names).size === names.length, featuresError);

const whole = (most: number) => {
  const error = `must be a whole number from 1 to ${most}`;
  return z.int({ error }).min(1, error).max(most, error);
};

const targetsFeature = ({ features: names, target }: { features: readonly string[]; target: string }): boolean =>
  !names.includes(target);
const targetError = { path: ['target'], error: 'must not be one of the features: it would tell itself' };

const KINDS = ['regression', 'classification', 'autoencoder', 'forecast', 'sequence-classification'] as const;

/** What a model learns, in the names of the data's columns. */
const learnsSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('regression'), features, target: column }).refine(targetsFeature, targetError),
    z.strictObject({ kind: z.literal('classification'), features, target: column }).refine(targetsFeature, targetError),
    z.strictObject({ kind: z.literal('autoencoder'), features }),
    z.strictObject({
      kind: z.literal('forecast'),
      features,
      window: whole(500),
      horizon: whole(200),
      time: column.optional(),
    }),
    z.strictObject({ kind: z.literal('sequence-classification'), sequence: column, target: column }),
  ],
  { error: `must have a kind, one of ${KINDS.join(', ')}` },
);
export type Learns = z.infer<typeof learnsSchema>;

/** Metrics that a model's versions are compared by; the first is the default. */
const METRICS: Readonly<Record<Learns['kind'], readonly [string, ...string[]]>> = {
  regression: ['rootMeanSquaredError', 'meanAbsoluteError', 'explainedVariance'],
  classification: ['logLoss', 'accuracy', 'auc'],
  autoencoder: ['reconstructionError'],
  forecast: ['meanAbsoluteError', 'rootMeanSquaredError', 'scaledError'],
  'sequence-classification': ['logLoss', 'accuracy', 'auc'],
};
const HIGHER_IS_BETTER: readonly string[] = ['accuracy', 'auc', 'explainedVariance'];

export const isHigherBetter = (metric: string): boolean => HIGHER_IS_BETTER.includes(metric);

const marginError = 'must be a share from 0 to 0.5 of the champion’s value';
const promotionSchema = z.strictObject({
  metric: z.string().optional(),
  /** By how much a version that is promoted by hand may be worse than the champion, as a share of its value. */
  margin: z.number({ error: marginError }).min(0, marginError).max(0.5, marginError).default(0.02),
  /** Whether a version that is better than the champion is promoted as soon as it is trained. */
  automatic: z.boolean({ error: 'must be true or false' }).default(true),
});

const shareError = 'must be a number from 0.05 to 10';
const threshold = z.number({ error: shareError }).min(0.05, shareError).max(10, shareError);
const driftSchema = z.strictObject({
  /** Population stability index of a feature above which its values count as moved. */
  stability: threshold.default(0.2),
  /** Share by which the champion may err more than on its hold-out. */
  error: threshold.default(0.2),
});
/** When a model is trained anew by itself, and on what. */
const retrainingSchema = z
  .strictObject({ data: queriedDataSchema, everyDays: whole(365).optional(), drift: driftSchema.optional() })
  .refine(
    ({ everyDays, drift }) => everyDays !== undefined || drift !== undefined,
    'must have everyDays, drift or both',
  );

const objectError = 'must be an object';

export const modelRequestSchema = z
  .strictObject({
    name: modelNameSchema,
    learns: learnsSchema,
    /** A network as docs/models.md has it; left out, a ready-made one. */
    config: z.looseObject({}, { error: objectError }).optional(),
    /** Options of training; left out, the defaults. */
    training: z.looseObject({}, { error: objectError }).default({}),
    promotion: promotionSchema.prefault({}),
    retraining: retrainingSchema.optional(),
  })
  .transform(({ promotion, ...rest }, context) => {
    const known = METRICS[rest.learns.kind];
    const { metric = known[0] } = promotion;
    if (!known.includes(metric)) {
      const message = `must be one of ${known.join(', ')} for a ${rest.learns.kind}`;
      context.addIssue({ code: 'custom', path: ['promotion', 'metric'], message });
    }
    return { ...rest, promotion: { ...promotion, metric } };
  });

/** What a tenant wants learned. Each training of it makes a version. */
export interface Model extends z.output<typeof modelRequestSchema> {
  readonly tenant: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Trainings that were asked for: the number of the last one, and of the version it makes. */
  readonly trainings: number;
  /** The training that was asked for last. */
  readonly lastTraining?: string | undefined;
}

export interface ModelKey {
  readonly tenant: string;
  readonly model: string;
}

/** @throws {AppError} `model.not_found` */
export const requireModel = async (
  registry: { get(tenant: string, name: string): Promise<Model | undefined> },
  { tenant, model }: ModelKey,
): Promise<Model> => {
  const found = modelNameSchema.safeParse(model).success ? await registry.get(tenant, model) : undefined;
  if (found !== undefined) return found;
  throw new AppError('model.not_found', `There is no model "${model}"`, {
    details: [{ field: 'model', message: 'unknown; POST /api/models creates one' }],
  });
};
