import type { Capped, InsufficientData } from '../figures.ts';
import type { ViewOf } from '../view.ts';
import { detectBots } from './bots.ts';
import type { DropOff } from './flows.ts';
import type { FunnelResult } from './funnels.ts';
import type { BehaviorInput } from './input.ts';
import type { Retention } from './retention.ts';
import { type Session, sessionize } from './sessions.ts';

/** Pages of a session that the flow shows, and pages of each place in it that it tells apart. */
const FLOW_DEPTH = 5;
const FLOW_PAGES = 7;
const OTHER_PAGES = 'other pages';
const MOST_LISTED = 50;

const funnelView = (funnels: readonly FunnelResult[]): ViewOf<'funnel'> | undefined => {
  const funnel = funnels.find(({ status }) => status === 'ok');
  if (funnel?.status !== 'ok') return undefined;
  return {
    type: 'funnel',
    steps: funnel.steps.map(({ name, reached, overall, conversion, secondsSincePrevious }) => ({
      name,
      count: reached,
      share: overall,
      fromPrevious: conversion,
      medianSeconds: secondsSincePrevious?.median ?? null,
    })),
  };
};

/** Names of the pages told apart at each place of a session; a node says which place it is, so the flow has no cycle. */
const nameNodes = (paths: readonly (readonly string[])[]): Map<string, string>[] =>
  Array.from({ length: FLOW_DEPTH }, (_, depth) => {
    const pages = Map.groupBy(
      paths.flatMap((path) => path[depth] ?? []),
      (page) => page,
    );
    const busiest = [...pages].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
    return new Map(busiest.map(([page], rank) => [page, `${depth + 1}. ${rank < FLOW_PAGES ? page : OTHER_PAGES}`]));
  });

const flowView = (sessions: readonly Session[]): ViewOf<'flow'> | undefined => {
  const paths = sessions.map(({ pages }) => pages.slice(0, FLOW_DEPTH)).filter(({ length }) => length > 1);
  if (paths.length === 0) return undefined;
  const names = nameNodes(paths);
  const links = new Map<string, { source: string; target: string; value: number }>();
  for (const path of paths) {
    for (const [depth, page] of path.entries()) {
      const target = names[depth + 1]?.get(path[depth + 1] ?? '');
      const source = names[depth]?.get(page);
      if (source === undefined || target === undefined) continue;
      const link = links.get(`${source}\n${target}`) ?? { source, target, value: 0 };
      links.set(`${source}\n${target}`, { ...link, value: link.value + 1 });
    }
  }
  const nodes = names.flatMap((ofDepth, depth) => [...new Set(ofDepth.values())].map((name) => ({ name, depth })));
  return { type: 'flow', nodes, links: [...links.values()].sort((a, b) => b.value - a.value) };
};

const retentionView = (retention: Retention | InsufficientData): ViewOf<'heatmap'> | undefined => {
  if (retention.status !== 'ok') return undefined;
  const periods = Math.max(...retention.cohorts.map(({ returned }) => returned.length));
  const columns = Array.from({ length: periods }, (_, index) => `${retention.period} ${index}`);
  return {
    type: 'heatmap',
    unit: 'ratio',
    columns,
    rows: retention.cohorts.map(({ cohort, users }) => `${cohort} (${users} users)`),
    values: retention.cohorts.map(({ rates }) => columns.map((_, index) => rates?.[index] ?? null)),
  };
};

const dropOffView = ({ items, omitted }: Capped<DropOff>): ViewOf<'table'> | undefined =>
  items.length === 0
    ? undefined
    : {
        type: 'table',
        columns: [
          { key: 'page', title: 'Page' },
          { key: 'visits', title: 'Visits', unit: 'visits' },
          { key: 'exits', title: 'Exits', unit: 'visits' },
          { key: 'rate', title: 'Exit rate', unit: 'ratio' },
        ],
        rows: items.slice(0, MOST_LISTED).map(({ page, visits, exits, rate }) => ({ page, visits, exits, rate })),
        more: omitted + Math.max(0, items.length - MOST_LISTED),
      };

interface BehaviorSections {
  readonly funnels: readonly FunnelResult[];
  readonly retention: Retention | InsufficientData;
  readonly flows: { readonly dropOffs: Capped<DropOff> };
}

/** What a dashboard shows of a submission's behaviour; a section with too little data gives no view. */
export const toViews = ({ funnels, retention, flows }: BehaviorSections, input: BehaviorInput) => ({
  funnel: funnelView(funnels),
  flow: flowView(detectBots(sessionize(input), input.excludeBots).sessions),
  retention: retentionView(retention),
  dropOffs: dropOffView(flows.dropOffs),
});
