import { useState } from 'preact/hooks';
import type { TimeRange } from '../api/contract.ts';
import { Icon } from '../icon.tsx';
import { useDismiss } from '../menu.tsx';
import { describePeriod, describeRange, isRelative, PRESETS, problemOfPeriod, toLocalInput } from './time-range.ts';

export interface TimeRangePickerProps {
  /** Undefined shows each widget's own range. */
  readonly range: TimeRange | undefined;
  /** What the dashboard is set to. */
  readonly own: TimeRange | undefined;
  readonly onChange: (range: TimeRange | undefined) => void;
}

const DAY_MS = 86_400_000;

const startOf = (range: TimeRange | undefined): string =>
  toLocalInput(range !== undefined && !isRelative(range) ? new Date(range.start) : new Date(Date.now() - DAY_MS));

const endOf = (range: TimeRange | undefined): string =>
  toLocalInput(range !== undefined && !isRelative(range) ? new Date(range.end) : new Date());

const AbsoluteRange = ({ range, onChange }: Pick<TimeRangePickerProps, 'range' | 'onChange'>) => {
  const [start, setStart] = useState(startOf(range));
  const [end, setEnd] = useState(endOf(range));
  const [problem, setProblem] = useState<string>();
  const apply = (event: Event): void => {
    event.preventDefault();
    const found = problemOfPeriod(start, end);
    setProblem(found);
    if (found === undefined) onChange({ start: new Date(start).toISOString(), end: new Date(end).toISOString() });
  };
  return (
    <form class="range-form" onSubmit={apply} noValidate>
      <label>
        From
        <input type="datetime-local" value={start} onInput={({ currentTarget }) => setStart(currentTarget.value)} />
      </label>
      <label>
        To
        <input type="datetime-local" value={end} onInput={({ currentTarget }) => setEnd(currentTarget.value)} />
      </label>
      {problem !== undefined && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" class="button primary">
        Show this range
      </button>
    </form>
  );
};

const RelativeRange = ({ onChange }: Pick<TimeRangePickerProps, 'onChange'>) => {
  const [count, setCount] = useState('3');
  const [unit, setUnit] = useState('h');
  const last = `${count}${unit}`;
  const apply = (event: Event): void => {
    event.preventDefault();
    if (describePeriod(last) !== undefined) onChange({ last });
  };
  return (
    <form class="range-form inline" onSubmit={apply}>
      <label>
        Last
        <input
          type="number"
          min="1"
          max="99999"
          required
          value={count}
          onInput={({ currentTarget }) => setCount(currentTarget.value)}
        />
      </label>
      <label>
        <span class="visually-hidden">Unit</span>
        <select value={unit} onChange={({ currentTarget }) => setUnit(currentTarget.value)}>
          <option value="m">minutes</option>
          <option value="h">hours</option>
          <option value="d">days</option>
        </select>
      </label>
      <button type="submit" class="button">
        Show
      </button>
    </form>
  );
};

/** The range of everything on the dashboard: a period up to now, or one between two times. */
export const TimeRangePicker = ({ range, own, onChange }: TimeRangePickerProps) => {
  const [isOpen, setOpen] = useState(false);
  const root = useDismiss(isOpen, () => setOpen(false));
  const choose = (next: TimeRange | undefined): void => {
    setOpen(false);
    onChange(next);
    root.current?.querySelector('button')?.focus();
  };
  const name =
    range === undefined ? (own === undefined ? 'As set in widgets' : describeRange(own)) : describeRange(range);
  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        class="button"
        aria-expanded={isOpen}
        aria-label={`Time range: ${name}`}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="clock" />
        {name}
      </button>
      {isOpen && (
        <fieldset class="range-panel">
          <legend class="visually-hidden">Time range</legend>
          <div class="range-presets">
            <button type="button" aria-pressed={range === undefined} onClick={() => choose(undefined)}>
              As the dashboard is set
            </button>
            {PRESETS.map((last) => (
              <button
                key={last}
                type="button"
                aria-pressed={range !== undefined && isRelative(range) && range.last === last}
                onClick={() => choose({ last })}
              >
                {describePeriod(last)}
              </button>
            ))}
          </div>
          <div class="range-custom">
            <RelativeRange onChange={choose} />
            <AbsoluteRange range={range} onChange={choose} />
          </div>
        </fieldset>
      )}
    </div>
  );
};
