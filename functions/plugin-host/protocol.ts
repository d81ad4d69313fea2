import type { DimensionValues } from '../../plugins/contract.ts';
import type { EmittedEvent, Plots } from '../core/analysis.ts';
import type { ErrorDetail } from '../core/errors.ts';
import type { ChampionRequest } from '../core/model-registry/find-champion.ts';

/** What the worker and the thread that holds the plugin's code tell each other. */

export interface RunRequest {
  readonly kind: 'run';
  readonly tenant: string;
  readonly analysisId: string;
  readonly submittedAt: string;
  readonly data: unknown;
}

/** What a plugin's context asks the worker for. */
export type HostCall =
  | { readonly what: 'history'; readonly tenant: string; readonly limit: number }
  | ({ readonly what: 'champion' } & ChampionRequest);

export type HostMessage =
  | RunRequest
  | { readonly kind: 'abort' }
  | { readonly kind: 'answer'; readonly callId: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly callId: number; readonly message: string }
  | { readonly kind: 'stop' };

export type ThreadOutcome =
  | {
      readonly kind: 'completed';
      /** The plugin's result as JSON: the only form in which it can neither be circular nor hold live objects. */
      readonly json: string;
      readonly dimensions: DimensionValues;
      readonly events: readonly EmittedEvent[];
      readonly plots: Plots;
      /** Milliseconds. */
      readonly processingMs: number;
      readonly pluginMetrics: unknown;
    }
  | {
      readonly kind: 'failed';
      readonly code: 'plugin.invalid_input' | 'plugin.invalid_output' | 'plugin.error';
      readonly message: string;
      readonly details: readonly ErrorDetail[];
      readonly processingMs: number;
    };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type ThreadMessage =
  | { readonly kind: 'outcome'; readonly outcome: ThreadOutcome }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly message: string; readonly details: unknown }
  | { readonly kind: 'call'; readonly callId: number; readonly call: HostCall };
