import * as z from 'zod';

export const UPLOAD_FORMATS = ['csv', 'ndjson', 'json'] as const;
export type UploadFormat = (typeof UPLOAD_FORMATS)[number];

/** Analyses that rows are taken from at most. */
export const MOST_ANALYSES = 1_000;

const rowsError = 'must be a list of objects, one a row, and not empty';
const pathError = 'must be a dotted path into the results, such as "forecast.series"';
const path = z
  .string({ error: pathError })
  .max(200, pathError)
  .regex(/^[\w-]+(\.[\w-]+)*$/, pathError);
const idsError = `must be a list of 1 to ${MOST_ANALYSES} analysis ids`;
const uploadError = 'must be an uploadId that POST …/uploads has given';

/** Rows that are found again whenever they are wanted: what a query of results finds, and where in them the rows are. */
export const queriedDataSchema = z.strictObject({
  query: z.looseObject({ type: z.string() }, { error: 'must be a query, {"type": …}' }),
  path,
});

/** Where the rows of a training come from. */
export const dataSchema = z.union(
  [
    z.strictObject({
      rows: z.array(z.looseObject({}, { error: 'must be an object, one row' }), { error: rowsError }).min(1, rowsError),
    }),
    z.strictObject({
      upload: z.string({ error: uploadError }).regex(/^[0-9a-f-]{36}\.(csv|ndjson|json)$/, uploadError),
    }),
    z.strictObject({
      analyses: z
        .array(z.uuid({ error: 'must be an analysis id' }), { error: idsError })
        .min(1, idsError)
        .max(MOST_ANALYSES, idsError),
      path,
    }),
    queriedDataSchema,
  ],
  { error: 'must be one of {rows}, {upload}, {analyses, path} or {query, path}' },
);
export type TrainingData = z.output<typeof dataSchema>;

/** As it is kept with the training: rows that came with the request are a document of their own. */
export type DataSource = Exclude<TrainingData, { rows: unknown }> | { readonly inline: true };
