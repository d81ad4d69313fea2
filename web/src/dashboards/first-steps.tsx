import type { DashboardData, TimeRange, Widget } from '../api/contract.ts';
import { Copyable } from '../copyable.tsx';
import { showRange } from '../route.ts';

const pluginsOf = (widgets: readonly Widget[]): string[] => [
  ...new Set(widgets.flatMap(({ config }) => config.dataSource?.split('.').slice(0, -1) ?? [])),
];

const commandOf = (plugin: string): string =>
  `curl -s ${location.origin}/api/analytics/submit \\
  -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
  -d @docs/examples/${plugin}.json`;

const LONG_RANGE = { last: '365d' };

const LongerRange = () => (
  <section class="first-steps">
    <h2>The charts have nothing in this time range</h2>
    <p>What was submitted is analysed; what of it is drawn over time may lie before this range.</p>
    <button type="button" class="button" onClick={() => showRange(LONG_RANGE)}>
      Show the last 365 days
    </button>
  </section>
);

const FirstSubmission = ({ widgets }: { readonly widgets: readonly Widget[] }) => {
  const [plugin] = pluginsOf(widgets);
  return (
    <section class="first-steps">
      <h2>There is little or no data in this time range</h2>
      <p>
        Choose a longer range above, or submit data: the dashboard shows it the moment it is analysed. With the examples
        of the repository, and <code>TOKEN</code> set to your token:
      </p>
      {plugin !== undefined && <Copyable label="Command that submits an example" text={commandOf(plugin)} />}
    </section>
  );
};

export interface FirstStepsProps {
  readonly widgets: readonly Widget[];
  readonly answers: DashboardData['widgets'];
  readonly range: TimeRange;
}

/** What to do while there is little or nothing to be seen. */
export const FirstSteps = ({ widgets, answers, range }: FirstStepsProps) => {
  const isEmpty = ({ id }: Widget): boolean => answers[id]?.status === 'empty';
  // A count of nothing is a figure as well; whatever else is shown was submitted.
  const hasData = widgets.some(({ id, type }) => type !== 'metric' && answers[id]?.status === 'ok');
  if (hasData) {
    const charts = widgets.filter(({ type }) => type === 'chart');
    const isLong = 'last' in range && range.last === LONG_RANGE.last;
    return charts.length > 0 && charts.every(isEmpty) && !isLong ? <LongerRange /> : null;
  }
  const empty = widgets.filter(isEmpty).length;
  return empty > 0 && empty >= widgets.length / 2 ? <FirstSubmission widgets={widgets} /> : null;
};
