import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { ApiError, messageOf } from '../api/client.ts';
import type { CatalogSource, NewWidget, WidgetType } from '../api/contract.ts';
import { Modal } from '../modal.tsx';
import { describePeriod, PRESETS } from '../time/time-range.ts';
import {
  assignProblems,
  CHART_TYPES,
  type FormProblems,
  fieldsOf,
  INTERVALS,
  toConfig,
  toDraft,
  WIDGET_TYPES,
  type WidgetDraft,
} from './widget-draft.ts';

export interface WidgetFormProps {
  /** Undefined for a new one. */
  readonly widget: NewWidget | undefined;
  /** Its place among the dashboard's widgets, by which the API names it. */
  readonly index: number;
  readonly catalog: readonly CatalogSource[];
  /** Saves it; rejects with what the API found wrong. */
  readonly onSave: (widget: Pick<NewWidget, 'type' | 'title' | 'config'>) => Promise<void>;
  readonly onClose: () => void;
}

const NO_PROBLEMS: FormProblems = { general: [], fields: {} };

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

const Field = ({ label, problem, hint, children }: FieldProps) => {
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

type Choices = { readonly [value: string]: string };

interface ChoiceProps {
  readonly control: ControlProps;
  readonly value: string;
  readonly choices: Choices;
  readonly onChange: (value: string) => void;
}

const Choice = ({ control, value, choices, onChange }: ChoiceProps) => (
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
  readonly sources: readonly CatalogSource[];
  readonly onChange: (value: string) => void;
}

/** Data sources by plugin; one that the catalog does not know any more stays to be seen. */
const SourceChoice = ({ control, value, sources, onChange }: SourceChoiceProps) => {
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

const named = (values: readonly string[], first: string): Choices => ({
  '': first,
  ...Object.fromEntries(values.map((value) => [value, value])),
});

const RANGES: Choices = {
  '': 'of the dashboard',
  ...Object.fromEntries(PRESETS.map((last) => [last, describePeriod(last) ?? last])),
};

interface FieldsProps {
  readonly draft: WidgetDraft;
  readonly source: CatalogSource | undefined;
  readonly catalog: readonly CatalogSource[];
  readonly problems: FormProblems['fields'];
  readonly change: (part: Partial<WidgetDraft>) => void;
}

const SourceFields = ({ draft, source, catalog, problems, change }: FieldsProps) => {
  const shown = fieldsOf(draft, source);
  const fitting = catalog.filter(({ widgetTypes }) => widgetTypes.includes(draft.type));
  const metrics = catalog.filter(({ kind }) => kind !== 'view');
  const chooseSource = (dataSource: string): void => {
    const chosen = catalog.find((entry) => entry.dataSource === dataSource);
    const keeps = chosen?.aggregations.includes(draft.aggregation) === true;
    const groups = chosen?.dimensions.includes(draft.groupBy) === true;
    change({
      dataSource,
      aggregation: keeps ? draft.aggregation : (chosen?.aggregations[0] ?? ''),
      groupBy: groups ? draft.groupBy : '',
      title: draft.title === '' ? (chosen?.title ?? '') : draft.title,
    });
  };
  return (
    <>
      {shown.dataSource && (
        <Field label="Data source" problem={problems['dataSource']} hint={source?.description}>
          {(control) => (
            <SourceChoice control={control} value={draft.dataSource} sources={fitting} onChange={chooseSource} />
          )}
        </Field>
      )}
      {shown.plane && (
        <>
          <Field label="Horizontal" problem={problems['x']}>
            {(control) => (
              <SourceChoice control={control} value={draft.x} sources={metrics} onChange={(x) => change({ x })} />
            )}
          </Field>
          <Field label="Vertical" problem={problems['y']}>
            {(control) => (
              <SourceChoice control={control} value={draft.y} sources={metrics} onChange={(y) => change({ y })} />
            )}
          </Field>
        </>
      )}
      {shown.aggregation && (
        <Field label="Aggregation" problem={problems['aggregation']}>
          {(control) => (
            <Choice
              control={control}
              value={draft.aggregation}
              choices={Object.fromEntries((source?.aggregations ?? []).map((name) => [name, name]))}
              onChange={(aggregation) => change({ aggregation })}
            />
          )}
        </Field>
      )}
      {shown.groupBy && (
        <Field label="Group by" problem={problems['groupBy']}>
          {(control) => (
            <Choice
              control={control}
              value={draft.groupBy}
              choices={named(source?.dimensions ?? [], 'nothing')}
              onChange={(groupBy) => change({ groupBy })}
            />
          )}
        </Field>
      )}
      {shown.groupBy && draft.groupBy !== '' && (
        <Field label="Groups at most" problem={problems['groupLimit']} hint="The largest are shown.">
          {(control) => (
            <input
              {...control}
              type="number"
              min="1"
              placeholder="as many as fit"
              value={draft.groupLimit}
              onInput={({ currentTarget }) => change({ groupLimit: currentTarget.value })}
            />
          )}
        </Field>
      )}
    </>
  );
};

const RangeFields = ({ draft, source, problems, change }: FieldsProps) => {
  const shown = fieldsOf(draft, source);
  const [dimension] = source?.dimensions ?? [];
  return (
    <>
      {shown.filters && (source?.dimensions.length ?? 0) > 0 && (
        <Field
          label="Filters"
          problem={problems['filters']}
          hint={`One a line, for example: ${dimension} = first value, second value. There are: ${source?.dimensions.join(', ')}.`}
        >
          {(control) => (
            <textarea
              {...control}
              rows={2}
              spellcheck={false}
              value={draft.filters}
              onInput={({ currentTarget }) => change({ filters: currentTarget.value })}
            />
          )}
        </Field>
      )}
      {shown.last && (
        <Field label="Time range" problem={problems['last']}>
          {(control) => (
            <Choice
              control={control}
              value={draft.last}
              choices={
                draft.last in RANGES ? RANGES : { ...RANGES, [draft.last]: describePeriod(draft.last) ?? draft.last }
              }
              onChange={(last) => change({ last })}
            />
          )}
        </Field>
      )}
      {shown.interval && (
        <Field label="Points every" problem={problems['interval']}>
          {(control) => (
            <Choice
              control={control}
              value={draft.interval}
              choices={INTERVALS}
              onChange={(interval) => change({ interval })}
            />
          )}
        </Field>
      )}
    </>
  );
};

/** Adds or edits a widget. What the API finds wrong is said at the field it found it in. */
export const WidgetForm = ({ widget, index, catalog, onSave, onClose }: WidgetFormProps) => {
  const [draft, setDraft] = useState(() => toDraft(widget));
  const [problems, setProblems] = useState(NO_PROBLEMS);
  const [isSaving, setSaving] = useState(false);
  const change = (part: Partial<WidgetDraft>): void => setDraft({ ...draft, ...part });
  const source = catalog.find(({ dataSource }) => dataSource === draft.dataSource);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setProblems(NO_PROBLEMS);
    let config: NewWidget['config'];
    try {
      config = toConfig(draft, source, widget?.config ?? {});
    } catch (error) {
      setProblems({ general: [], fields: { filters: error instanceof Error ? error.message : 'cannot be read' } });
      return;
    }
    setSaving(true);
    try {
      await onSave({ type: draft.type, title: draft.title, config });
      onClose();
    } catch (error) {
      setProblems(assignProblems(messageOf(error), error instanceof ApiError ? error.details : [], index));
    } finally {
      setSaving(false);
    }
  };

  const chooseType = (type: string): void => {
    const next = type as WidgetType;
    const fits = source?.widgetTypes.includes(next) === true;
    change(fits ? { type: next } : { type: next, dataSource: '', aggregation: '', groupBy: '' });
  };
  const fields = { draft, source, catalog, problems: problems.fields, change };
  return (
    <Modal title={widget === undefined ? 'Add a widget' : 'Edit widget'} onClose={onClose}>
      <form class="widget-form" onSubmit={submit}>
        {problems.general.map((text) => (
          <p key={text} class="banner" role="alert">
            {text}
          </p>
        ))}
        <Field label="Shows" problem={problems.fields['type']}>
          {(control) => <Choice control={control} value={draft.type} choices={WIDGET_TYPES} onChange={chooseType} />}
        </Field>
        {draft.type === 'chart' && (
          <Field label="Drawn as" problem={problems.fields['chartType']}>
            {(control) => (
              <Choice
                control={control}
                value={draft.chartType}
                choices={CHART_TYPES}
                onChange={(chartType) => change({ chartType: chartType as WidgetDraft['chartType'] })}
              />
            )}
          </Field>
        )}
        <SourceFields {...fields} />
        {draft.type === 'text' && (
          <Field label="Text" problem={problems.fields['text']}>
            {(control) => (
              <textarea
                {...control}
                rows={5}
                value={draft.text}
                onInput={({ currentTarget }) => change({ text: currentTarget.value })}
              />
            )}
          </Field>
        )}
        <Field label="Title" problem={problems.fields['title']}>
          {(control) => (
            <input
              {...control}
              type="text"
              required
              maxLength={120}
              value={draft.title}
              onInput={({ currentTarget }) => change({ title: currentTarget.value })}
            />
          )}
        </Field>
        <RangeFields {...fields} />
        <div class="form-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={isSaving}>
            {widget === undefined ? 'Add widget' : 'Save widget'}
          </button>
        </div>
      </form>
    </Modal>
  );
};
