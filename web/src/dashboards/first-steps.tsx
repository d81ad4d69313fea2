import type { Widget } from '../api/contract.ts';
import { Copyable } from '../copyable.tsx';

const pluginsOf = (widgets: readonly Widget[]): string[] => [
  ...new Set(widgets.flatMap(({ config }) => config.dataSource?.split('.').slice(0, -1) ?? [])),
];

const commandOf = (plugin: string): string =>
  `curl -s ${location.origin}/api/analytics/submit \\
  -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
  -d @docs/examples/${plugin}.json`;

/** What to do while there is nothing to be seen. */
export const FirstSteps = ({ widgets }: { readonly widgets: readonly Widget[] }) => {
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
