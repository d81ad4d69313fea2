import { formatShare, formatShort, formatTime } from '../format/number-format.ts';
import { Icon } from '../icon.tsx';
import { type FeedEntry, feed } from './feed.ts';

const words = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]/g, ' ')
    .toLowerCase();

const evidenceText = (value: unknown): string => {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return formatShort(value, '');
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(evidenceText).join(', ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, part]) => `${words(name)} ${evidenceText(part)}`)
      .join(', ');
  }
  return String(value);
};

const SEVERITY_MARKS = { info: '●', warning: '◆', critical: '▲' } as const;

const Evidence = ({ entry }: { readonly entry: FeedEntry }) => (
  <dl class="evidence">
    {entry.confidence !== undefined && (
      <div>
        <dt>confidence</dt>
        <dd>{formatShare(entry.confidence)}</dd>
      </div>
    )}
    {Object.entries(entry.evidence).map(([name, value]) => (
      <div key={name}>
        <dt>{words(name)}</dt>
        <dd>{evidenceText(value)}</dd>
      </div>
    ))}
    <div>
      <dt>analysis</dt>
      <dd>{entry.analysisId}</dd>
    </div>
  </dl>
);

const Entry = ({ entry }: { readonly entry: FeedEntry }) => (
  <li class="feed-entry" data-severity={entry.severity} data-new={entry.isNew}>
    <p class="feed-origin">
      <span class="severity" data-severity={entry.severity}>
        <span aria-hidden="true">{SEVERITY_MARKS[entry.severity]}</span> {entry.severity}
      </span>
      <span>{entry.type}</span>
      <time dateTime={entry.at}>{formatTime(entry.at)}</time>
    </p>
    <h3>{entry.title}</h3>
    {entry.message !== '' && <p class="feed-message">{entry.message}</p>}
    <details>
      <summary>Evidence</summary>
      <Evidence entry={entry} />
    </details>
  </li>
);

/** What the service found, newest first, each with what it rests on. */
export const FeedPanel = ({ onClose }: { readonly onClose: () => void }) => (
  <aside class="feed" aria-label="Insights and alerts">
    <header class="feed-header">
      <h2>Insights and alerts</h2>
      <button type="button" class="icon-button" aria-label="Close insights and alerts" onClick={onClose}>
        <Icon name="close" />
      </button>
    </header>
    {feed.value.length === 0 ? (
      <p class="feed-empty">Nothing was found yet. Insights appear here the moment an analysis has ended.</p>
    ) : (
      <ol class="feed-list">
        {feed.value.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
    )}
  </aside>
);
