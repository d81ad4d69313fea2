import * as z from 'zod';
import { AppError } from './errors.ts';
import type { AnalysisStore, DocumentStore } from './ports.ts';
import { type AnalysisView, presentAnalysis } from './present-analysis.ts';

export interface ResultDependencies {
  readonly analyses: Pick<AnalysisStore, 'get'>;
  readonly documents: DocumentStore;
}

const analysisIdSchema = z.uuid();

/** @throws {AppError} `request.invalid` when the id is not a UUID, `analysis.not_found` when nothing has it. */
export const getResult = async (
  { analyses, documents }: ResultDependencies,
  { tenant, analysisId }: { tenant: string; analysisId: string },
): Promise<AnalysisView> => {
  const field = 'analysisId';
  if (!analysisIdSchema.safeParse(analysisId).success) {
    throw new AppError('request.invalid', 'The analysis id is not valid', {
      details: [{ field, message: 'must be the UUID that the submission was answered with' }],
    });
  }
  const analysis = await analyses.get(tenant, analysisId);
  if (analysis !== undefined) return presentAnalysis(documents, analysis);
  throw new AppError('analysis.not_found', `There is no analysis ${analysisId}`, {
    details: [{ field, message: 'unknown, or older than results are kept' }],
  });
};
