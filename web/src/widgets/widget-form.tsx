import { useState } from 'preact/hooks';
import { ApiError, messageOf } from '../api/client.ts';
import type { DataSource, WidgetContent, WidgetType } from '../api/contract.ts';
import { Modal } from '../modal.tsx';
import { describePeriod, PRESETS } from '../time/time-range.ts';
import { Choice, type Choices, Field, named, SourceChoice } from './field.tsx';
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
  readonly widget: WidgetContent | undefined;
  /** Its place among the dashboard's widgets, by which the API names it. */
  readonly index: number;
  readonly catalog: readonly DataSource[];
  /** Saves it; rejects with what the API found wrong. */
  readonly onSave: (widget: Pick<WidgetContent, 'type' | 'title' | 'config'>) => Promise<void>;
  readonly onClose: () => void;
}

const NO_PROBLEMS: FormProblems = { general: [], fields: {} };

const RANGES: Choices = {
  '': 'of the dashboard',
  ...Object.fromEntries(PRESETS.map((last) => [last, describePeriod(last) ?? last])),
};

interface FieldsProps {
  readonly draft: WidgetDraft;
  readonly source: DataSource | undefined;
  readonly catalog: readonly DataSource[];
  readonly problems: FormProblems['fields'];
  readonly change: (part: Partial<WidgetDraft>) => void;
}

const AXES = [
  { key: 'x', aggregation: 'xAggregation', label: 'Horizontal' },
  { key: 'y', aggregation: 'yAggregation', label: 'Vertical' },
] as const;

/** The two metrics of a scatter chart. */
const PlaneFields = ({ draft, catalog, problems, change }: Omit<FieldsProps, 'source'>) => {
  const metrics = catalog.filter(({ kind }) => kind !== 'view');
  return (
    <>
      {AXES.map(({ key, aggregation, label }) => {
        const source = metrics.find(({ dataSource }) => dataSource === draft[key]);
        return (
          <div key={key} class="field-pair">
            <Field label={label} problem={problems[key]}>
              {(control) => (
                <SourceChoice
                  control={control}
                  value={draft[key]}
                  sources={metrics}
                  onChange={(name) => change({ [key]: name, [aggregation]: '' })}
                />
              )}
            </Field>
            <Field label="Aggregation" problem={problems[aggregation]}>
              {(control) => (
                <Choice
                  control={control}
                  value={draft[aggregation]}
                  choices={named(source?.aggregations ?? [], 'as usual')}
                  onChange={(name) => change({ [aggregation]: name })}
                />
              )}
            </Field>
          </div>
        );
      })}
    </>
  );
};

const SourceFields = ({ draft, source, catalog, problems, change }: FieldsProps) => {
  const shown = fieldsOf(draft, source);
  const fitting = catalog.filter(({ widgetTypes }) => widgetTypes.includes(draft.type));
  const chooseSource = (dataSource: string): void => {
    const chosen = catalog.find((entry) => entry.dataSource === dataSource);
    const keeps = chosen?.aggregations.some((name) => name === draft.aggregation) === true;
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
      {shown.plane && <PlaneFields {...{ draft, catalog, problems, change }} />}
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
      {shown.filters && (
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
    let config: WidgetContent['config'];
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
    change(fits ? { type: next } : { type: next, dataSource: '', aggregation: '', groupBy: '', filters: '' });
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
