import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { DataSource } from '../api/contract.ts';

/** What ties a control to its label and to what is said of it. */
interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
}

interface FieldProps {
  readonly label: string;
  readonly problem: string | undefined;
  readonly hint?: string | undefined;
  readonly children: (control: ControlProps) => ComponentChildren;
}

/** A control with its label, what helps to fill it in, and what is wrong with it. */
export const Field = ({ label, problem, hint, children }: FieldProps) => {
  const id = useId();
  const isInvalid = problem !== undefined;
  return (
    <div class={isInvalid ? 'field invalid' : 'field'}>
      <label class="field-label" for={id}>
        {label}
      </label>
      {children({ id, 'aria-describedby': `${id}-said`, 'aria-invalid': isInvalid })}
      <div id={`${id}-said`}>
        {hint !== undefined && <span class="hint">{hint}</span>}
        {isInvalid && (
          <span class="field-problem" role="alert">
            {problem}
          </span>
        )}
      </div>
    </div>
  );
};

/** Names by their values. */
export type Choices = { readonly [value: string]: string };

interface ChoiceProps {
  readonly control: ControlProps;
  readonly value: string;
  readonly choices: Choices;
  readonly onChange: (value: string) => void;
}

export const Choice = ({ control, value, choices, onChange }: ChoiceProps) => (
  <select {...control} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
    {Object.entries(choices).map(([key, name]) => (
      <option key={key} value={key}>
        {name}
      </option>
    ))}
  </select>
);

interface SourceChoiceProps {
  readonly control: ControlProps;
  readonly value: string;
  readonly sources: readonly DataSource[];
  readonly onChange: (value: string) => void;
}

/** Data sources by plugin; one that the catalog does not know any more stays to be seen. */
export const SourceChoice = ({ control, value, sources, onChange }: SourceChoiceProps) => {
  const groups = Map.groupBy(sources, ({ plugin }) => plugin);
  const isKnown = value === '' || sources.some(({ dataSource }) => dataSource === value);
  return (
    <select {...control} value={value} required onChange={({ currentTarget }) => onChange(currentTarget.value)}>
      <option value="">Choose…</option>
      {!isKnown && <option value={value}>{value}</option>}
      {[...groups].map(([plugin, entries]) => (
        <optgroup key={plugin} label={plugin}>
          {entries.map(({ dataSource, title }) => (
            <option key={dataSource} value={dataSource}>
              {title}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
};

/** Values that are their own names, after one that stands for none. */
export const named = (values: readonly string[], first: string): Choices => ({
  '': first,
  ...Object.fromEntries(values.map((value) => [value, value])),
});
