import * as z from 'zod';
import type { DimensionValues } from '../../plugins/contract.ts';
import type { View } from '../../plugins/view.ts';
import type { ErrorCode, ErrorDetail } from './errors.ts';
import type { HourContribution } from './rollups/contribution.ts';

/** A document either travels in place or, when too large for that, as a reference to where it is kept (claim check). */
const storedDocumentSchema = z.union([
  z.object({ inline: z.unknown() }),
  z.object({ reference: z.object({ key: z.string(), bytes: z.number() }) }),
]);
export type DocumentReference = { readonly key: string; readonly bytes: number };
export type StoredDocument = { readonly inline: unknown } | { readonly reference: DocumentReference };

export const isReference = (document: StoredDocument): document is { readonly reference: DocumentReference } =>
  'reference' in document;

/** What an app submits: the plugin's name and the data it works on. */
export const submissionSchema = z.object({
  type: z.string({ error: 'must name a plugin, for example "user-behavior"' }).min(1).max(40),
  data: z.looseObject({}, { error: 'must be an object holding what the plugin works on' }),
});
export type Submission = z.infer<typeof submissionSchema>;

/** The work that travels through a plugin's queue. */
export const jobSchema = z.object({
  tenant: z.string().min(1),
  analysisId: z.string().min(1),
  type: z.string().min(1),
  submittedAt: z.iso.datetime(),
  contentHash: z.string().optional(),
  data: storedDocumentSchema,
});
export interface Job {
  readonly tenant: string;
  readonly analysisId: string;
  readonly type: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly submittedAt: string;
  /** SHA-256 of type and data, kept when the client gave an idempotency key. */
  readonly contentHash?: string | undefined;
  readonly data: StoredDocument;
}

/** An event a plugin put on its bus. */
export interface EmittedEvent {
  readonly event: string;
  readonly payload: unknown;
}

/** What a result gives to dashboards. */
export interface Plots {
  readonly hours: readonly HourContribution[];
  readonly views: Readonly<Record<string, View>>;
}

interface AnalysisBase {
  readonly tenant: string;
  readonly analysisId: string;
  readonly type: string;
  readonly submittedAt: string;
  /** SHA-256 of type and data, kept when the client gave an idempotency key. */
  readonly contentHash?: string | undefined;
}

export interface QueuedAnalysis extends AnalysisBase {
  readonly status: 'queued';
}

interface EndedBase extends AnalysisBase {
  readonly endedAt: string;
  /** Milliseconds the plugin worked on it, in the attempt that ended it. */
  readonly processingMs: number;
  readonly dimensions: DimensionValues;
}

export interface CompletedAnalysis extends EndedBase {
  readonly status: 'completed';
  readonly result: StoredDocument;
  /** Events the plugin put on its bus, kept so that a worker that takes over can push them too. */
  readonly emitted: readonly EmittedEvent[];
  /** `Plots`, kept so that a worker that takes over files the same; absent when there are none. */
  readonly plots?: StoredDocument;
  /** Names of the views among them. */
  readonly viewNames?: readonly string[];
}

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: readonly ErrorDetail[];
  readonly attempts: number;
}

export interface FailedAnalysis extends EndedBase {
  readonly status: 'failed';
  readonly failure: Failure;
}

export type EndedAnalysis = CompletedAnalysis | FailedAnalysis;
export type Analysis = QueuedAnalysis | EndedAnalysis;
