import { useState } from 'preact/hooks';
import { messageOf } from '../api/client.ts';
import type { Dashboard } from '../api/contract.ts';
import { Modal } from '../modal.tsx';
import { describePeriod, isRelative, PRESETS } from '../time/time-range.ts';

export interface SettingsDialogProps {
  readonly dashboard: Dashboard;
  readonly onSave: (part: Pick<Dashboard, 'name' | 'description' | 'timeRange'>) => Promise<void>;
  readonly onClose: () => void;
}

/** Name, description and the range that the dashboard opens with. */
export const SettingsDialog = ({ dashboard, onSave, onClose }: SettingsDialogProps) => {
  const { timeRange } = dashboard;
  const [name, setName] = useState(dashboard.name);
  const [description, setDescription] = useState(dashboard.description);
  const [last, setLast] = useState(isRelative(timeRange) ? timeRange.last : '');
  const [problem, setProblem] = useState<string>();
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await onSave({ name, description, timeRange: last === '' ? timeRange : { last } });
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  const ranges = [...new Set([...PRESETS, ...(last === '' ? [] : [last])])];
  return (
    <Modal title="Name and range" onClose={onClose}>
      <form class="widget-form" onSubmit={save}>
        {problem !== undefined && (
          <p class="banner" role="alert">
            {problem}
          </p>
        )}
        <label class="field">
          <span class="field-label">Name</span>
          <input type="text" required value={name} onInput={({ currentTarget }) => setName(currentTarget.value)} />
        </label>
        <label class="field">
          <span class="field-label">Description</span>
          <textarea rows={2} value={description} onInput={({ currentTarget }) => setDescription(currentTarget.value)} />
        </label>
        <label class="field">
          <span class="field-label">Opens with</span>
          <select value={last} onChange={({ currentTarget }) => setLast(currentTarget.value)}>
            {last === '' && <option value="">as it is</option>}
            {ranges.map((range) => (
              <option key={range} value={range}>
                {describePeriod(range)}
              </option>
            ))}
          </select>
        </label>
        <div class="form-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Save
          </button>
        </div>
      </form>
    </Modal>
  );
};
