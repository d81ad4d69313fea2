import type { Measure, Views } from '../../plugins/contract.ts';
import type { PluginManifest } from '../../plugins/manifest.ts';
import { type View, viewSchema } from '../../plugins/view.ts';
import type { Plots } from '../core/analysis.ts';
import { summarizeMeasures } from '../core/rollups/contribution.ts';

/** What a plugin of the defined form says of one result, taken when it is asked for. */
export interface Plotting {
  readonly measures: () => Iterable<Measure>;
  readonly views: () => Views;
}

export const NOTHING_TO_PLOT: Plotting = { measures: () => [], views: () => ({}) };

export interface Plotted {
  readonly plots: Plots;
  /** What was left out, in words. */
  readonly problems: readonly string[];
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const plotMeasures = (manifest: PluginManifest, plotting: Plotting, result: unknown, submittedAt: number) => {
  try {
    const { hours, leftOut } = summarizeMeasures({ manifest, measures: plotting.measures(), result, submittedAt });
    return { hours, problems: Object.entries(leftOut).map(([reason, count]) => `${count} measures: ${reason}`) };
  } catch (error) {
    return { hours: [], problems: [`measures threw: ${describe(error)}`] };
  }
};

const checkView = (manifest: PluginManifest, name: string, view: unknown): View | string => {
  const declared = Object.hasOwn(manifest.views, name) ? manifest.views[name] : undefined;
  if (declared === undefined) return `the view "${name}" is not among the manifest's views`;
  // Through JSON, so that what is checked is what will be stored.
  const parsed = viewSchema.safeParse(JSON.parse(JSON.stringify(view)));
  const [issue] = parsed.error?.issues ?? [];
  if (!parsed.success) return `the view "${name}" is not valid: ${issue?.path.join('.')}: ${issue?.message}`;
  return parsed.data.type === declared.type ? parsed.data : `the view "${name}" must be of type ${declared.type}`;
};

const plotViews = (manifest: PluginManifest, plotting: Plotting) => {
  try {
    const given = Object.entries(plotting.views()).filter(([, view]) => view !== undefined);
    const checked = given.map(([name, view]) => ({ name, view: checkView(manifest, name, view) }));
    const views = Object.fromEntries(
      checked.flatMap(({ name, view }): [string, View][] => (typeof view === 'string' ? [] : [[name, view]])),
    );
    return { views, problems: checked.flatMap(({ view }) => (typeof view === 'string' ? view : [])) };
  } catch (error) {
    return { views: {}, problems: [`views threw: ${describe(error)}`] };
  }
};

/**
 * What a result gives to dashboards. Whatever is wrong with it concerns the dashboards alone: the analysis has its
 * result, and the log says what was left out.
 */
export const plotResult = (
  manifest: PluginManifest,
  plotting: Plotting,
  { result, submittedAt }: { result: unknown; submittedAt: string },
): Plotted => {
  const measured = plotMeasures(manifest, plotting, result, Date.parse(submittedAt));
  const viewed = plotViews(manifest, plotting);
  return {
    plots: { hours: measured.hours, views: viewed.views },
    problems: [...measured.problems, ...viewed.problems],
  };
};
