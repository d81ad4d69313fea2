import * as z from 'zod';
import {
  checkSpan,
  EVENT,
  eventFields,
  haveFewEvents,
  pageSchema,
  SESSION,
  sessionFields,
  sessionsSchema,
  TOO_MANY_EVENTS,
  utcOffsetSchema,
} from '../session.ts';
import { modelSchema } from './model-schema.ts';

const MOST_ROWS = 20_000;
const MOST_COLUMNS = 60;

const cellSchema = z
  .union([z.number(), z.string().max(256), z.boolean(), z.null()], {
    error: 'must be a number, a text of up to 256 characters, true, false or null; put nested values into columns',
  })
  .optional();

const rowSchema = z
  .record(z.string().min(1).max(64), cellSchema, { error: 'must be an object of names and values' })
  .refine((row) => Object.keys(row).length <= MOST_COLUMNS + 1, {
    error: `must have at most ${MOST_COLUMNS} columns beside its id`,
  });

const eventSchema = z.looseObject(
  {
    ...eventFields,
    data: z
      .looseObject({
        page: pageSchema.optional(),
        amount: z
          .number({ error: 'must be a number: what was paid, in one currency for all' })
          .min(0, 'must be 0 or more: what was paid')
          .optional(),
      })
      .optional(),
  },
  { error: EVENT },
);

const sessionSchema = z
  .looseObject(
    {
      ...sessionFields(eventSchema),
    },
    { error: SESSION },
  )
  .superRefine(checkSpan);

const rowsSchema = z
  .array(rowSchema, { error: 'must be a list of rows, [{"column": value, …}]' })
  .max(MOST_ROWS, `must hold at most ${MOST_ROWS} rows; split the submission`);

const sizeSchema = z
  .int({ error: 'must be a whole number of points' })
  .min(2, 'must be a whole number of points, 2 or more')
  .max(1_000);

const optionsSchema = z.looseObject(
  {
    rows: rowsSchema.default([]),
    sessions: sessionsSchema(sessionSchema),
    /** Columns to cluster by; all but `id` when not given. */
    features: z
      .array(z.string().min(1).max(64), { error: 'must be a list of names of columns' })
      .min(1, 'must name at least one column')
      .max(MOST_COLUMNS)
      .optional(),
    method: z
      .enum(['auto', 'kmeans', 'gaussian-mixture', 'dbscan', 'hdbscan'], {
        error: 'must be "auto", "kmeans", "gaussian-mixture", "dbscan" or "hdbscan"',
      })
      .default('auto'),
    clusters: z
      .int({ error: 'must be a whole number of clusters' })
      .min(2, 'must be a whole number of clusters from 2 to 50')
      .max(50, 'must be a whole number of clusters from 2 to 50')
      .optional(),
    /** DBSCAN: distance in scaled units within which points are neighbours; read off the distances when not given. */
    radius: z
      .number({ error: 'must be a distance above 0, in scaled units' })
      .positive('must be a distance above 0, in scaled units')
      .optional(),
    /** DBSCAN: neighbours, itself counted, that make a core point. HDBSCAN: those that the density is estimated from. */
    minPoints: sizeSchema.optional(),
    /** HDBSCAN: the smallest group that counts as a cluster. */
    minClusterSize: sizeSchema.optional(),
    scaling: z
      .enum(['robust', 'standard', 'none'], { error: 'must be "robust", "standard" or "none"' })
      .default('robust'),
    /** Sessions: where the night and the weekend are, as the users' distance from UTC. */
    utcOffsetMinutes: utcOffsetSchema,
    seed: z.int({ error: 'must be a whole number' }).default(1),
    /** Rows to be assigned to the clusters, with the same columns; with sessions, the features of users. */
    assign: rowsSchema.default([]),
    /** `model` of an earlier result: `assign` is then assigned to its clusters and nothing is clustered. */
    model: modelSchema.optional(),
  },
  { error: 'must be an object with rows, sessions, or model and assign' },
);

/** A table of rows, sessions of users, or a model of an earlier result with rows to be assigned. */
export const inputSchema = optionsSchema
  .refine(
    ({ rows, sessions, model }) => (rows.length > 0 ? 1 : 0) + (sessions.length > 0 ? 1 : 0) + (model ? 1 : 0) === 1,
    {
      path: ['rows'],
      error: 'must be given, or sessions, or model with assign, and only one of the three',
    },
  )
  .refine(({ model, assign }) => model === undefined || assign.length > 0, {
    path: ['assign'],
    error: 'must hold the rows that the model is to assign',
  })
  .refine(
    ({ features, rows }) => rows.length === 0 || (features ?? []).every((name) => rows.some((row) => name in row)),
    {
      path: ['features'],
      error: 'must name columns of rows; one of these is in no row',
    },
  )
  .refine(({ clusters, method }) => clusters === undefined || method === 'kmeans' || method === 'gaussian-mixture', {
    path: ['clusters'],
    error: 'goes with method "kmeans" or "gaussian-mixture"; the others find the number themselves',
  })
  .refine(({ radius, method }) => radius === undefined || method === 'dbscan', {
    path: ['radius'],
    error: 'goes with method "dbscan"',
  })
  .refine(({ minPoints, method }) => minPoints === undefined || method === 'dbscan' || method === 'hdbscan', {
    path: ['minPoints'],
    error: 'goes with method "dbscan" or "hdbscan"',
  })
  .refine(({ minClusterSize, method }) => minClusterSize === undefined || method === 'hdbscan', {
    path: ['minClusterSize'],
    error: 'goes with method "hdbscan"',
  })
  .refine(haveFewEvents, { path: ['sessions'], error: TOO_MANY_EVENTS })
  .refine(({ sessions }) => sessions.length === 0 || sessions.some(({ userId }) => userId !== undefined), {
    path: ['sessions'],
    error: 'must name their users: none of these has a userId',
  });

export type ClusteringInput = z.infer<typeof inputSchema>;
export type Row = z.infer<typeof rowSchema>;
export type Session = z.infer<typeof sessionSchema>;
