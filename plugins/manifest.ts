import * as z from 'zod';
import { identifierSchema, metricSchema } from './metric.ts';
import { viewDeclarationSchema } from './view.ts';
import { type WidgetDraft, widgetSchema } from './widget.ts';

/** Lambda's hard ceiling is 900 s; the margin lets the worker record outcomes before it. */
const LONGEST_BATCH_SECONDS = 870;

const resourcesSchema = z
  .strictObject({
    /** Lambda memory in MB; CPU grows with it (one full vCPU at 1,769 MB). */
    memory: z.int().min(256).max(10_240).default(1024),
    /** Seconds one analysis may take before it is stopped and counted as a failed attempt. */
    timeout: z.int().min(1).max(LONGEST_BATCH_SECONDS).default(30),
    /** Analyses handed to one invocation at most. */
    batchSize: z.int().min(1).max(1000).default(10),
    /** Invocations of this plugin that may run at the same time (an SQS event source needs at least 2). */
    maxConcurrency: z.int().min(2).max(1000).default(10),
    /** Concurrency kept free for this plugin alone; left out, the plugin draws on the account's pool. */
    reservedConcurrency: z.int().min(2).max(1000).optional(),
  })
  .refine((r) => r.timeout * r.batchSize <= LONGEST_BATCH_SECONDS, {
    path: ['batchSize'],
    error: `timeout × batchSize must be at most ${LONGEST_BATCH_SECONDS} seconds, because a batch runs one analysis after another within one Lambda invocation`,
  })
  .refine((r) => r.reservedConcurrency === undefined || r.reservedConcurrency >= r.maxConcurrency, {
    path: ['reservedConcurrency'],
    error:
      'reservedConcurrency must be at least maxConcurrency, or the queue would be throttled into its dead-letter queue',
  });

const fields = z.strictObject({
  name: z
    .string()
    .max(40)
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be kebab-case, for example "user-behavior"'),
  version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, 'must be a semantic version, for example "1.0.0"'),
  description: z.string().min(1),
  type: z.string().min(1),
  main: z.string().min(1),
  capabilities: z.array(z.string()).default([]),
  config: z
    .looseObject({
      enabled: z.boolean().default(true),
      /** Milliseconds the queue gathers a batch before it invokes the plugin (SQS allows up to 300 s). */
      processingInterval: z.int().min(0).max(300_000).default(0),
    })
    .prefault({}),
  resources: resourcesSchema.prefault({}),
  /** Whether it uses trained models: its bundle then holds what runs them. */
  models: z.boolean().default(false),
  /** Names an analysis can be found and filtered by, for example `userId`. */
  dimensions: z.array(identifierSchema).max(10).default([]),
  /** What can be plotted over time. */
  metrics: z.record(identifierSchema, metricSchema).default({}),
  /** What its newest result shows. */
  views: z.record(identifierSchema, viewDeclarationSchema).default({}),
  /** Widgets of the dashboard that comes with it. */
  dashboard: z.array(widgetSchema).max(50).default([]),
});

/** The data sources that a widget names, and the keys it names them by. */
const sourcesOf = ({ config }: WidgetDraft): [key: string, source: string][] =>
  Object.entries(config).filter(
    (entry): entry is [string, string] => ['dataSource', 'x', 'y'].includes(entry[0]) && typeof entry[1] === 'string',
  );

/**
 * What a plugin's `manifest.json` says: who it is, how its queue and Lambda are sized, what it measures and shows.
 *
 * Unknown keys are refused, so that a misspelt `resources` is an error and not a default.
 * `config` is the plugin's own: it reaches the plugin as written, with the two keys the system reads.
 */
export const manifestSchema = fields.superRefine(({ name, metrics, views, dashboard }, context) => {
  for (const view of Object.keys(views).filter((one) => Object.hasOwn(metrics, one))) {
    context.addIssue({ code: 'custom', path: ['views', view], message: 'must not be named like a metric' });
  }
  const own = [...Object.keys(metrics), ...Object.keys(views)].map((source) => `${name}.${source}`);
  for (const [index, widget] of dashboard.entries()) {
    for (const [key, source] of sourcesOf(widget).filter(([, named]) => !own.includes(named))) {
      const message = `"${source}" must be one of this plugin's data sources: ${own.join(', ') || 'it has none'}`;
      context.addIssue({ code: 'custom', path: ['dashboard', index, 'config', key], message });
    }
  }
});

export type PluginManifest = z.infer<typeof manifestSchema>;

/** The queue's batching window in whole seconds, the unit SQS event sources take. */
export const batchingWindowSeconds = (manifest: PluginManifest): number => {
  const window = Math.ceil(manifest.config.processingInterval / 1000);
  // Batches above ten are only formed with a window of at least one second.
  return manifest.resources.batchSize > 10 ? Math.max(1, window) : window;
};

/** The worker Lambda's timeout in seconds: every analysis of a full batch may use all of its own. */
export const workerTimeoutSeconds = (manifest: PluginManifest): number =>
  manifest.resources.timeout * manifest.resources.batchSize + 30;
