import * as z from 'zod';
import type { ErrorCode, ErrorDetail } from '../errors.ts';
import type { Contest } from '../model-registry/compare-versions.ts';
import type { Metrics } from '../model-registry/version.ts';
import type { DataSource } from './data-schema.ts';

export interface TrainingProgress {
  /** Counts from 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  /** null when no rows are held out. */
  readonly validationLoss: number | null;
}

/** What a training came to. */
export interface TrainingOutcome {
  readonly metrics: Metrics;
  readonly measuredOn: 'validation' | 'training';
  /** Whether the version serves now, and what it was held against. */
  readonly promoted: boolean;
  readonly contest?: Contest | undefined;
}

type TrainingStatus = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';

interface TrainingFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: readonly ErrorDetail[];
}

/** One training of a model, from when it is asked for. */
export interface Training {
  readonly tenant: string;
  readonly model: string;
  readonly trainingId: string;
  /** Of the version that it makes. */
  readonly version: number;
  readonly status: TrainingStatus;
  /** ISO 8601. */
  readonly requestedAt: string;
  readonly startedAt?: string | undefined;
  readonly endedAt?: string | undefined;
  /** A network other than the model's. */
  readonly config?: unknown;
  /** Options with those of the model. */
  readonly training: Readonly<Record<string, unknown>>;
  readonly data: DataSource;
  readonly progress?: TrainingProgress | undefined;
  /** Times that a worker took it up. */
  readonly runs: number;
  /** Runs in a row that ended before an epoch did. */
  readonly stalledRuns: number;
  /** Epoch that the last run went on from. */
  readonly resumedFrom?: number | undefined;
  readonly cancelRequested: boolean;
  readonly failure?: TrainingFailure | undefined;
  readonly outcome?: TrainingOutcome | undefined;
}

export const hasEnded = ({ status }: Pick<Training, 'status'>): boolean => status !== 'queued' && status !== 'running';

export interface TrainingKey {
  readonly tenant: string;
  readonly model: string;
  readonly trainingId: string;
}

const modelSchema = { tenant: z.string().min(1), model: z.string().min(1) };

/** What travels through the training queue: a training, which itself is in its store, or a model to review. */
export const trainingMessageSchema = z.union([
  z.object({ ...modelSchema, trainingId: z.string().min(1) }),
  z.object({ ...modelSchema, review: z.literal(true) }),
]);
export type TrainingMessage = z.output<typeof trainingMessageSchema>;

/** Where the rows of a training are kept while it lasts, as they were when it began. */
export const rowsDocumentKey = ({ tenant, model, trainingId }: TrainingKey): string =>
  `training/${tenant}/${model}/${trainingId}.json`;

export const checkpointKey = ({ tenant, model, trainingId }: TrainingKey): string =>
  `training/${tenant}/${model}/${trainingId}.checkpoint`;

export const artifactKey = ({ tenant, model, trainingId }: TrainingKey): string =>
  `models/${tenant}/${model}/${trainingId}`;
