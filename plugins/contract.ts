import type * as z from 'zod';
import type { View } from './view.ts';

/**
 * The contract between the system and a plugin. A plugin imports this file, what inputs and figures share beside it,
 * `models/`, and nothing else of the system.
 *
 * Two forms are understood: a class with `initialize`, `process`, `getMetrics` and `destroy`
 * (JavaScript or TypeScript, CommonJS or ESM), and `definePlugin`, which types and validates the input.
 */

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

export type Severity = 'info' | 'warning' | 'critical';

/** One finding in words, with how sure it is and the numbers it rests on. */
export interface Insight {
  /** Stable machine name of the kind of finding, for example `slow-endpoint`. */
  readonly kind: string;
  readonly title: string;
  readonly message: string;
  /** `critical` is also pushed as `alert:critical`. */
  readonly severity: Severity;
  /** Probability, 0 to 1, that the finding is not a product of chance or of too little data. */
  readonly confidence: number;
  readonly evidence: Record<string, JsonValue>;
}

/** A regularity found in the data; `support` is the number of observations that show it. */
export interface Pattern {
  readonly kind: string;
  readonly description: string;
  readonly support: number;
  readonly evidence?: Record<string, JsonValue>;
}

/** What `process` returns. Keys beyond the three are stored and delivered as they are. */
export interface PluginOutput {
  readonly [section: string]: unknown;
  readonly insights: readonly Insight[];
  readonly patterns: readonly Pattern[];
  readonly metrics: { readonly [key: string]: JsonValue };
}

/** Publishes an event to subscribed clients together with the analysis that is being processed. */
export interface PluginEventBus {
  emit(event: string, payload?: unknown): boolean;
  on(event: string, listener: (payload: unknown) => void): PluginEventBus;
  once(event: string, listener: (payload: unknown) => void): PluginEventBus;
  off(event: string, listener: (payload: unknown) => void): PluginEventBus;
}

export interface PluginLogger {
  debug(message: string, details?: unknown): void;
  info(message: string, details?: unknown): void;
  warn(message: string, details?: unknown): void;
  error(message: string, details?: unknown): void;
}

/** Results this plugin computed before for the same tenant, newest first. */
export interface PluginHistory {
  recent(options?: { readonly limit?: number }): Promise<readonly PastAnalysis[]>;
}

export interface PastAnalysis {
  readonly analysisId: string;
  readonly submittedAt: string;
  readonly result: unknown;
}

/** A cache private to the plugin and the tenant; it may forget at any time. */
export interface PluginCache {
  get<Value>(key: string): Promise<Value | undefined>;
  set(key: string, value: unknown, options: { readonly ttlSeconds: number }): Promise<void>;
}

/** A class with the probability of each. */
export interface LabelPrediction {
  readonly label: string;
  readonly probabilities: { readonly [label: string]: number };
}

/** How far a row is from what its columns usually have in common, about 1 for a usual row, and by which of them. */
export interface ReconstructionPrediction {
  readonly error: number;
  readonly shares: { readonly [column: string]: number };
}

/** What a model says, in the order of the rows; of a forecast, the rows that come next. */
export type ModelAnswer =
  | { readonly kind: 'regression'; readonly predictions: readonly { readonly value: number }[] }
  | { readonly kind: 'classification' | 'sequence-classification'; readonly predictions: readonly LabelPrediction[] }
  | { readonly kind: 'autoencoder'; readonly predictions: readonly ReconstructionPrediction[] }
  | { readonly kind: 'forecast'; readonly predictions: readonly { readonly [column: string]: number }[] };

/** Which version answered, and how late the rows are that it has learned from, ISO 8601. */
export interface ServedBy {
  readonly version: number;
  readonly learnedUntil: string;
}

/** The tenant's own trained models, by name. */
export interface PluginModels {
  /**
   * What the champion of a model says of rows; undefined when the tenant has no such model or none of it serves yet. A
   * promotion is picked up within a minute.
   *
   * @throws when the rows do not have the model's columns
   */
  predict(
    name: string,
    rows: readonly Readonly<Record<string, unknown>>[],
  ): Promise<(ModelAnswer & ServedBy) | undefined>;
}

/** What one call of `process` may use beside its data. */
export interface ProcessContext {
  readonly analysisId: string;
  /** Aborted when the analysis has run out of time; the plugin is stopped shortly after. */
  readonly signal: AbortSignal;
  /** The clock; read it here and not from `Date`, so that a test can set it. */
  readonly now: () => Date;
  readonly config: Readonly<Record<string, unknown>>;
  readonly logger: PluginLogger;
  readonly eventBus: PluginEventBus;
  readonly history: PluginHistory;
  readonly cache: PluginCache;
  /** Empty unless the manifest asks for models. */
  readonly models: PluginModels;
}

/** What a plugin class is constructed with. */
export interface PluginDependencies {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly eventBus: PluginEventBus;
  readonly logger: PluginLogger;
}

/** The object form: an instance of a plugin class. */
export interface PluginInstance {
  initialize?(): Promise<void> | void;
  process(data: unknown, context: ProcessContext): Promise<unknown> | unknown;
  getMetrics?(): unknown;
  destroy?(): Promise<void> | void;
}

export type PluginClass = new (dependencies: PluginDependencies) => PluginInstance;

/** Values of the manifest's `dimensions` that an analysis can be found by. */
export type DimensionValues = Readonly<Record<string, readonly string[]>>;

/** One observation of a metric that the manifest declares. */
export interface Measure {
  readonly metric: string;
  /** When it was observed, in epoch ms: its time in the data, not that of the submission. */
  readonly at: number;
  /**
   * In the metric's unit. Of a count, how many; of a distribution, 0 or more; of a unique metric, what is told apart,
   * for example a user's id.
   */
  readonly value: number | string;
  /** Values of the metric's dimensions. */
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** Views that the manifest declares; one that a result has nothing for is left out. */
export type Views = Readonly<Record<string, View | undefined>>;

export interface PluginDefinition<Schema extends z.ZodType, Output extends PluginOutput> {
  /** Checked before `process` is called; a mismatch fails the analysis with the field's path and what was expected. */
  readonly input: Schema;
  /** Values for the dimensions that the manifest declares. */
  readonly dimensions?: (input: z.infer<Schema>) => DimensionValues;
  readonly process: (input: z.infer<Schema>, context: ProcessContext) => Output | Promise<Output>;
  /** What the data and the result add to the plugin's metrics. */
  readonly measures?: (input: z.infer<Schema>, output: NoInfer<Output>) => Iterable<Measure>;
  /** What a dashboard shows of the result. */
  readonly views?: (output: NoInfer<Output>, input: z.infer<Schema>) => Views;
}

export type DefinedPlugin<
  Schema extends z.ZodType = z.ZodType,
  Output extends PluginOutput = PluginOutput,
> = PluginDefinition<Schema, Output> & { readonly definedPlugin: true };

/**
 * Declares a plugin whose input is typed and validated by a zod schema.
 *
 * @example
 * export default definePlugin({
 *   input: z.object({ values: z.array(z.number()) }),
 *   process: ({ values }) => ({ insights: [], patterns: [], metrics: { count: values.length } }),
 * });
 */
export const definePlugin = <Schema extends z.ZodType, Output extends PluginOutput>(
  definition: PluginDefinition<Schema, Output>,
): DefinedPlugin<Schema, Output> => ({ ...definition, definedPlugin: true });
