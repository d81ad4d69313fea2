import { type Analysis, isReference } from './analysis.ts';
import type { DocumentStore } from './ports.ts';

/** An analysis as clients see it. A result too large to travel comes as `resultUrl`, never truncated. */
export interface AnalysisView {
  readonly analysisId: string;
  readonly type: string;
  readonly status: Analysis['status'];
  readonly submittedAt: string;
  readonly completedAt?: string;
  /** Milliseconds. */
  readonly processingTime?: number;
  readonly result?: unknown;
  readonly resultUrl?: string;
  readonly resultBytes?: number;
  readonly resultUrlExpiresAt?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly details: readonly unknown[] };
}

export const presentAnalysis = async (documents: DocumentStore, analysis: Analysis): Promise<AnalysisView> => {
  const { analysisId, type, status, submittedAt } = analysis;
  const base = { analysisId, type, status, submittedAt };
  if (analysis.status === 'queued') return base;
  const ended = { ...base, completedAt: analysis.endedAt, processingTime: analysis.processingMs };
  if (analysis.status === 'failed') {
    const { code, message, details } = analysis.failure;
    return { ...ended, error: { code, message, details } };
  }
  if (!isReference(analysis.result)) return { ...ended, result: analysis.result.inline };
  const { url, expiresAt } = await documents.link(analysis.result.reference.key);
  return { ...ended, resultUrl: url, resultBytes: analysis.result.reference.bytes, resultUrlExpiresAt: expiresAt };
};
