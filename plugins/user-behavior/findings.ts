import { confidenceAbove, wilsonInterval } from '../../models/statistics/proportion.ts';
import type { Insight } from '../contract.ts';
import { type Capped, type InsufficientData, percent, toConfidence } from '../figures.ts';
import type { BotReport } from './bots.ts';
import type { DeadEnds } from './dead-ends.ts';
import { formatDuration } from './figures.ts';
import type { FunnelReport, FunnelResult } from './funnels.ts';
import type { Loop } from './loops.ts';

const MOST_OF_A_KIND = 3;
/** Below this many sessions nothing is concluded about loops and bots. */
const FEWEST_SESSIONS = 30;
/** Share of sessions from which programs distort every other figure. */
const NOTABLE_BOTS = 0.05;
const NOTABLE_LOOPS = 0.02;
const HIGH_DROP_OFF = 0.5;
/** A smaller difference, however sure, is no dead end. */
const NOTABLE_DIFFERENCE = 0.1;

interface Sections {
  readonly funnels: readonly FunnelResult[];
  readonly loops: Capped<Loop>;
  readonly deadEnds: DeadEnds | InsufficientData;
}

const funnelDropOff = (funnel: FunnelReport): Insight[] =>
  funnel.steps
    .flatMap((step, index): Insight[] => {
      const before = funnel.steps[index - 1];
      if (before === undefined || wilsonInterval(step.droppedBefore, before.reached).lower <= HIGH_DROP_OFF) return [];
      const [instead] = step.instead;
      const did =
        instead === undefined
          ? ''
          : ` Most often they ${instead.action === null ? 'left' : `went on to ${instead.action}`} (${percent(instead.share)}).`;
      return [
        {
          kind: 'funnel-drop-off',
          title: `${funnel.name} loses visitors before ${step.name}`,
          message: `${step.droppedBefore} of ${before.reached} visitors (${percent(step.droppedBefore / before.reached)}) who reached ${before.name} did not reach ${step.name} within ${formatDuration(funnel.windowMinutes * 60_000)} of entering.${did}`,
          severity: 'warning',
          confidence: toConfidence(confidenceAbove(step.droppedBefore, before.reached, HIGH_DROP_OFF)),
          evidence: {
            funnel: funnel.name,
            step: step.step,
            reachedBefore: before.reached,
            dropped: step.droppedBefore,
            conversion: step.conversion,
            interval: [...step.interval],
          },
        },
      ];
    })
    .slice(0, MOST_OF_A_KIND);

const funnelSegments = ({ name: funnel, dropOffCauses }: FunnelReport): Insight[] =>
  dropOffCauses.items.slice(0, MOST_OF_A_KIND).map((cause) => {
    const { attribute, value, name, dropOff, othersDropOff, entered, lost, interval, pValue } = cause;
    return {
      kind: 'funnel-segment',
      title: `${attribute} ${value} drops out of ${funnel} before ${name}`,
      message: `${percent(dropOff)} of ${entered} visitors with ${attribute} ${value} did not go on to ${name}, against ${percent(othersDropOff)} of the others (95% interval of the difference ${percent(interval[0])} to ${percent(interval[1])}). At the others' rate ${lost} more would have gone on.`,
      severity: 'warning',
      confidence: toConfidence(1 - pValue),
      evidence: {
        funnel,
        step: cause.step,
        attribute,
        value,
        entered,
        dropOff,
        othersDropOff,
        lost,
        pValue,
        cohenH: cause.cohenH,
      },
    };
  });

const deadEndInsights = (deadEnds: Sections['deadEnds']): Insight[] =>
  deadEnds.status === 'insufficient_data'
    ? []
    : deadEnds.items
        .filter(({ interval }) => interval[0] > NOTABLE_DIFFERENCE)
        .slice(0, MOST_OF_A_KIND)
        .map(({ kind, action, times, ended, rate, othersRate, pValue }) => ({
          kind: 'dead-end',
          title: `Nothing follows ${action}`,
          message: `After ${ended} of ${times} times (${percent(rate)}) that visitors ${kind === 'page' ? 'saw' : 'did'} ${action} nothing more happened, against ${percent(othersRate)} for other ${kind}s.`,
          severity: 'info',
          confidence: toConfidence(1 - pValue),
          evidence: { kind, action, times, ended, rate, othersRate, pValue },
        }));

const loopInsights = ({ items }: Capped<Loop>, count: number): Insight[] =>
  items
    .filter(({ sessions }) => wilsonInterval(sessions, count).lower > NOTABLE_LOOPS)
    .slice(0, MOST_OF_A_KIND)
    .map(({ cycle, sessions, medianTurns, mostTurns, endedInside }) => ({
      kind: 'loop',
      title: `Visitors go round in circles: ${cycle.join(' → ')}`,
      message: `${sessions} of ${count} sessions went round ${cycle.join(' → ')} at least twice (median ${medianTurns}, at most ${mostTurns} times); ${endedInside} times the session ended there.`,
      severity: 'info',
      confidence: toConfidence(confidenceAbove(sessions, count, NOTABLE_LOOPS)),
      evidence: { cycle: [...cycle], sessions, of: count, medianTurns, mostTurns, endedInside },
    }));

const botInsights = ({ sessions, share, interval, eventShare, excluded }: BotReport, all: number): Insight[] => {
  if (interval[0] <= NOTABLE_BOTS) return [];
  const consequence = excluded
    ? 'They are left out of all other figures.'
    : 'They are counted in all other figures; set excludeBots to leave them out.';
  return [
    {
      kind: 'bot-traffic',
      title: 'Programs are among the visitors',
      message: `${sessions} of ${all} sessions (${percent(share)}) look automatic, with ${percent(eventShare)} of all events. ${consequence}`,
      severity: excluded ? 'info' : 'warning',
      confidence: toConfidence(confidenceAbove(sessions, all, NOTABLE_BOTS)),
      evidence: { sessions, of: all, share, interval: [...interval], eventShare, excluded },
    },
  ];
};

/** What the deeper sections found that somebody should know, each judged by an interval or a corrected test. */
export const deriveFindings = (
  sessions: number,
  bots: BotReport,
  { funnels, loops, deadEnds }: Sections,
): Insight[] => {
  const conclusive = funnels.filter((funnel) => funnel.status === 'ok').filter((funnel) => funnel.conclusive);
  const all = bots.excluded ? sessions + bots.sessions : sessions;
  return [
    ...conclusive.flatMap(funnelSegments),
    ...conclusive.flatMap(funnelDropOff),
    ...(sessions < FEWEST_SESSIONS ? [] : loopInsights(loops, sessions)),
    ...deadEndInsights(deadEnds),
    ...(all < FEWEST_SESSIONS ? [] : botInsights(bots, all)),
  ];
};
