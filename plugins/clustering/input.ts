import * as z from 'zod';
import { timestampSchema } from '../timestamp.ts';
import { modelSchema } from './model-schema.ts';

const MOST_ROWS = 20_000;
const MOST_COLUMNS = 60;
const MOST_SESSIONS = 5_000;
const MOST_EVENTS = 50_000;

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

const eventSchema = z.looseObject({
  type: z.string({ error: 'must name what happened, for example "pageview"' }).min(1).max(100),
  timestamp: timestampSchema,
  data: z
    .looseObject({
      page: z.string().max(2_000).optional(),
      amount: z
        .number({ error: 'must be a number: what was paid, in one currency for all' })
        .min(0, 'must be 0 or more: what was paid')
        .optional(),
    })
    .optional(),
});

const sessionSchema = z
  .looseObject({
    sessionId: z.string({ error: 'must be a text that names the session' }).min(1).max(256),
    userId: z.string().min(1).max(256).optional(),
    startTime: timestampSchema.optional(),
    endTime: timestampSchema.optional(),
    events: z.array(eventSchema).max(MOST_EVENTS).default([]),
  })
  .refine(({ startTime, endTime }) => startTime === undefined || endTime === undefined || startTime <= endTime, {
    path: ['endTime'],
    error: 'must not be before startTime',
  })
  .refine(({ startTime, events }) => startTime !== undefined || events.length > 0, {
    path: ['startTime'],
    error: 'must be given for a session without events',
  });

const rowsSchema = z.array(rowSchema).max(MOST_ROWS, `must hold at most ${MOST_ROWS} rows; split the submission`);

const sizeSchema = z
  .int({ error: 'must be a whole number of points' })
  .min(2, 'must be a whole number of points, 2 or more')
  .max(1_000);

const optionsSchema = z.looseObject({
  rows: rowsSchema.default([]),
  sessions: z
    .array(sessionSchema)
    .max(MOST_SESSIONS, `must hold at most ${MOST_SESSIONS} sessions; split the submission`)
    .default([]),
  /** Columns to cluster by; all but `id` when not given. */
  features: z.array(z.string().min(1).max(64)).min(1, 'must name at least one column').max(MOST_COLUMNS).optional(),
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
  radius: z.number().positive('must be a distance above 0, in scaled units').optional(),
  /** DBSCAN: neighbours, itself counted, that make a core point. HDBSCAN: those that the density is estimated from. */
  minPoints: sizeSchema.optional(),
  /** HDBSCAN: the smallest group that counts as a cluster. */
  minClusterSize: sizeSchema.optional(),
  scaling: z
    .enum(['robust', 'standard', 'none'], { error: 'must be "robust", "standard" or "none"' })
    .default('robust'),
  /** Sessions: where the night and the weekend are, as the users' distance from UTC. */
  utcOffsetMinutes: z
    .int({ error: 'must be a whole number of minutes, for example 60 for UTC+1' })
    .min(-840, 'must be in minutes, from -840 to 840')
    .max(840, 'must be in minutes, from -840 to 840')
    .default(0),
  seed: z.int({ error: 'must be a whole number' }).default(1),
  /** Rows to be assigned to the clusters, with the same columns; with sessions, the features of users. */
  assign: rowsSchema.default([]),
  /** `model` of an earlier result: `assign` is then assigned to its clusters and nothing is clustered. */
  model: modelSchema.optional(),
});

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
  .refine(({ sessions }) => sessions.reduce((sum, { events }) => sum + events.length, 0) <= MOST_EVENTS, {
    path: ['sessions'],
    error: `must hold at most ${MOST_EVENTS} events in all; split the submission`,
  })
  .refine(({ sessions }) => sessions.length === 0 || sessions.some(({ userId }) => userId !== undefined), {
    path: ['sessions'],
    error: 'must name their users: none of these has a userId',
  });

export type ClusteringInput = z.infer<typeof inputSchema>;
export type Row = z.infer<typeof rowSchema>;
export type Session = z.infer<typeof sessionSchema>;
