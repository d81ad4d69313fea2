import { OUTLIER, type Points } from '../../models/clustering/points.ts';
import { definePlugin, type PluginOutput } from '../contract.ts';
import { capped } from '../figures.ts';
import { encodeRows, type Preparation, prepareColumns } from './columns.ts';
import { round } from './figures.ts';
import { type ClusteringInput, inputSchema, type Row } from './input.ts';
import { deriveInsights, type Found, toPatterns } from './insights.ts';
import { assignPoints, assignRows, buildModel, modelAgreement } from './model.ts';
import type { ClusterModel } from './model-schema.ts';
import { type Partition, partitionPoints } from './partition.ts';
import { findRepeatedColumns } from './repeated-columns.ts';
import { describeSegments } from './segments.ts';
import { judgeStructure } from './structure.ts';
import { toUsers } from './users.ts';
import { type ClusteringSections, toViews } from './views.ts';

type Output = PluginOutput & ClusteringSections;

const FEWEST_ROWS = 20;
const ROWS_PER_CLUSTER = 5;
const MOST_SEGMENTS = 50;
const MOST_OUTLIERS = 20;

const nameRow = (row: Row | undefined, at: number): string => String(row?.['id'] ?? at);

/** Outliers with the segment nearest to each, the first of them in order of the rows. */
const listOutliers = (rows: readonly Row[], points: Points, labels: Int32Array, model: ClusterModel) => {
  const out = [...labels.keys()].filter((row) => labels[row] === OUTLIER);
  const assignments = assignPoints(model, points);
  return capped(
    out.map((row) => ({ row, id: nameRow(rows[row], row), nearest: assignments[row]?.nearest ?? OUTLIER })),
    MOST_OUTLIERS,
  );
};

const rowsNeeded = ({ clusters = 0 }: ClusteringInput): number => Math.max(FEWEST_ROWS, ROWS_PER_CLUSTER * clusters);

/** What is missing to cluster at all. */
const whatIsMissing = (
  unit: Found['unit'],
  count: number,
  input: ClusteringInput,
  { columns }: Preparation,
): string[] => [
  ...(count < rowsNeeded(input) ? [`${rowsNeeded(input)} ${unit} (there are ${count})`] : []),
  ...(columns.length === 0 ? ['a feature that differs between them'] : []),
];

const insufficient = (
  unit: Found['unit'],
  count: number,
  { columns, leftOut }: Preparation,
  missing: readonly string[],
): Output => {
  return {
    insights: [
      {
        kind: 'insufficient_data',
        title: 'Too little data to find groups in',
        message: `Groups need ${missing.join(' and ')}.`,
        severity: 'info',
        confidence: 1,
        evidence: { [unit]: count, features: columns.length },
      },
    ],
    patterns: [],
    metrics: { [unit]: count, segments: 0 },
    status: 'insufficient_data',
    missing,
    leftOut,
  };
};

interface Clustered {
  readonly rows: readonly Row[];
  readonly unit: Found['unit'];
  readonly preparation: Preparation;
  readonly points: Points;
  readonly partition: Partition;
}

const report = ({ rows, unit, preparation, points, partition }: Clustered, input: ClusteringInput): Output => {
  const { labels, method, settings, tried, searchedRows } = partition;
  const structure = judgeStructure(partition, findRepeatedColumns(rows, preparation.columns, labels));
  const segments = describeSegments(rows, preparation.columns, points, partition, input.seed);
  const outliers = labels.reduce((sum, label) => sum + (label === OUTLIER ? 1 : 0), 0);
  const found: Found = { unit, count: rows.length, structure, segments, outliers };
  const options = { oneCode: method === 'kmeans', seed: input.seed };
  const model = segments.length === 0 ? null : buildModel(preparation.columns, points, labels, segments, options);
  return {
    insights: deriveInsights(found),
    patterns: toPatterns(found),
    metrics: {
      [unit]: rows.length,
      segments: structure.verdict === 'none' ? 0 : segments.length,
      stability: structure.stability,
      outlierShare: round(outliers / rows.length),
      modelAgreement: model === null ? null : modelAgreement(model, points, labels),
    },
    status: 'ok',
    method,
    settings,
    structure,
    segments: capped(segments, MOST_SEGMENTS),
    /** In the order of the rows, or of `ids` for users. */
    labels: [...labels],
    ...(unit === 'users' ? { ids: rows.map(nameRow) } : {}),
    outliers: model === null ? capped([], MOST_OUTLIERS) : listOutliers(rows, points, labels, model),
    assigned: model === null || input.assign.length === 0 ? null : assignRows(model, input.assign),
    features: preparation.reports,
    leftOut: preparation.leftOut,
    search: { rows: searchedRows, of: rows.length, tried },
    model,
  };
};

const assignOnly = (model: ClusterModel, rows: readonly Row[]): Output => {
  const assigned = assignRows(model, rows);
  return {
    insights: [],
    patterns: [],
    metrics: { assigned: assigned.count, outlierShare: round(assigned.outliers / assigned.count) },
    status: 'ok',
    segments: model.clusters.map(({ name }, segment) => ({ segment, name, size: sizeOf(assigned.segments, segment) })),
    assigned,
  };
};

const sizeOf = (segments: readonly number[], segment: number): number =>
  segments.filter((other) => other === segment).length;

/** Groups in rows or users, and what sets them apart; docs/plugins/clustering.md defines each figure. */
export default definePlugin({
  input: inputSchema,
  dimensions: ({ method }) => ({ method: [method] }),
  process: (input): Output => {
    if (input.model !== undefined) return assignOnly(input.model, input.assign);
    const unit = input.rows.length > 0 ? 'rows' : 'users';
    const rows = unit === 'rows' ? input.rows : toUsers(input.sessions, input.utcOffsetMinutes);
    const preparation = prepareColumns(rows, input.features, input.scaling);
    const missing = whatIsMissing(unit, rows.length, input, preparation);
    if (missing.length > 0) return insufficient(unit, rows.length, preparation, missing);
    const points = encodeRows(rows, preparation.columns);
    const categories = preparation.columns.some(({ kind }) => kind === 'category');
    const partition = partitionPoints(points, input, categories);
    return report({ rows, unit, preparation, points, partition }, input);
  },
  views: (output, input) => toViews(output, input),
});
