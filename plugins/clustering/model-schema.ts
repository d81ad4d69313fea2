import * as z from 'zod';

const name = z.string().min(1).max(64);

const numberColumnSchema = z.looseObject({
  name,
  kind: z.literal('number'),
  /** x becomes ln(1 + x / log) where given. */
  log: z.number().positive().nullable(),
  center: z.number(),
  spread: z.number().positive(),
  /** Stands in for what is missing, before the logarithm. */
  missing: z.number(),
});

const categoryColumnSchema = z.looseObject({
  name,
  kind: z.literal('category'),
  values: z.array(z.string().max(256)).min(1).max(30),
  /** Whether other values share a last indicator. */
  other: z.boolean(),
  /** What the indicator of a row's value is set to. */
  weight: z.number().positive(),
});

const columnSchema = z.discriminatedUnion('kind', [numberColumnSchema, categoryColumnSchema]);

const clusterSchema = z.looseObject({
  name: z.string().max(400),
  /** Distance from the nearest code beyond which a row is an outlier, in scaled units. */
  reach: z.number().min(0),
  /** Each as long as the columns are wide. */
  codes: z.array(z.array(z.number())).min(1),
});

const widthOf = (columns: readonly z.infer<typeof columnSchema>[]): number =>
  columns.reduce(
    (sum, column) => sum + (column.kind === 'number' ? 1 : column.values.length + (column.other ? 1 : 0)),
    0,
  );

/** What assigns rows to the clusters of an earlier result. */
export const modelSchema = z
  .looseObject(
    {
      version: z.literal(1, { error: 'must be the model of a result of this plugin' }),
      columns: z.array(columnSchema).min(1).max(60),
      clusters: z.array(clusterSchema).min(1).max(200),
    },
    { error: 'must be the model of a result of this plugin' },
  )
  .refine(
    ({ columns, clusters }) => clusters.every(({ codes }) => codes.every((code) => code.length === widthOf(columns))),
    {
      path: ['clusters'],
      error: 'must have codes as long as the columns are wide; send the model as the result gave it',
    },
  );

export type ClusterModel = z.infer<typeof modelSchema>;
export type ModelColumn = z.infer<typeof columnSchema>;
