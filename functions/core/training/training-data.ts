import type { Analysis } from '../analysis.ts';
import { checkOut } from '../claim-check.ts';
import { AppError } from '../errors.ts';
import type { UploadStore } from '../model-ports.ts';
import type { AnalysisStore, DocumentStore } from '../ports.ts';
import { type QueryDependencies, queryAnalyses } from '../query-analyses.ts';
import { type DataSource, MOST_ANALYSES } from './data-schema.ts';

export type DataRow = Readonly<Record<string, unknown>>;

/** Rows of one training: of numbers they are some 100 MB in memory. */
const MOST_ROWS = 200_000;

export const uploadKey = (tenant: string, model: string, upload: string): string =>
  `uploads/${tenant}/${model}/${upload}`;

export interface TrainingDataDependencies extends QueryDependencies {
  readonly analyses: AnalysisStore;
  readonly documents: DocumentStore;
  readonly uploads: UploadStore;
}

/**
 * What a path leads to in a result; lists on the way are gone through, and one at its end is a row an element.
 *
 * @example `series.points` of `{series: [{points: [{a: 1}, {a: 2}]}]}` is `[{a: 1}, {a: 2}]`
 */
const rowsAt = (value: unknown, steps: readonly string[]): DataRow[] => {
  if (Array.isArray(value)) return value.flatMap((element) => rowsAt(element, steps));
  if (typeof value !== 'object' || value === null) return [];
  const [step, ...rest] = steps;
  if (step === undefined) return [value as DataRow];
  // What every object inherits is no part of a result.
  return Object.hasOwn(value, step) ? rowsAt((value as DataRow)[step], rest) : [];
};

/** Ids of the analyses a query finds, newest first. */
const idsOf = async (dependencies: QueryDependencies, tenant: string, query: object): Promise<string[]> => {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const body: object = { limit: 100, ...query, ...(cursor === null ? {} : { cursor }) };
    const page = await queryAnalyses(dependencies, { tenant, body });
    ids.push(...page.results.map(({ analysisId }) => analysisId));
    cursor = page.nextCursor;
  } while (cursor !== null && ids.length < MOST_ANALYSES);
  return ids.slice(0, MOST_ANALYSES);
};

const bySubmission = (a: Analysis, b: Analysis): number => (a.submittedAt < b.submittedAt ? -1 : 1);

const rowsOfAnalyses = async (
  { analyses, documents }: TrainingDataDependencies,
  tenant: string,
  ids: readonly string[],
  steps: readonly string[],
): Promise<DataRow[]> => {
  const found = await analyses.getMany(tenant, ids);
  const rows: DataRow[] = [];
  // Oldest first: what is held out is what came last.
  for (const analysis of [...found].sort(bySubmission)) {
    if (analysis.status === 'completed') rows.push(...rowsAt(await checkOut(documents, analysis.result), steps));
  }
  if (rows.length > 0) return rows;
  const message = `${found.length} of ${ids.length} analyses were found, and none holds rows at "${steps.join('.')}"`;
  throw new AppError('training.bad_data', message, { details: [{ field: 'data.path', message }] });
};

/**
 * The rows of a source that is not in the request itself.
 *
 * @throws {AppError} `training.bad_data` when there are none or too many; what the upload or the query has against it
 */
export const gatherRows = async (
  dependencies: TrainingDataDependencies,
  { tenant, model }: { readonly tenant: string; readonly model: string },
  source: Exclude<DataSource, { inline: true }>,
): Promise<DataRow[]> => {
  const rows =
    'upload' in source
      ? await dependencies.uploads.read(uploadKey(tenant, model, source.upload))
      : await rowsOfAnalyses(
          dependencies,
          tenant,
          'analyses' in source ? source.analyses : await idsOf(dependencies, tenant, source.query),
          source.path.split('.'),
        );
  if (rows.length <= MOST_ROWS) return rows;
  const message = `${rows.length} rows are too many; ${MOST_ROWS} at most`;
  throw new AppError('training.bad_data', message, { details: [{ field: 'data', message }] });
};
