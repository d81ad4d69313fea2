import { useState } from 'preact/hooks';
import { messageOf } from '../api/client.ts';
import type { ShareLink } from '../api/dashboards.ts';
import { Copyable } from '../copyable.tsx';
import { formatTime } from '../format/number-format.ts';
import { Modal } from '../modal.tsx';

export interface ShareDialogProps {
  readonly onShare: (expiresInHours: number) => Promise<ShareLink>;
  readonly onClose: () => void;
}

const VALIDITIES: { readonly [hours: string]: string } = { '24': 'one day', '168': 'one week', '720': '30 days' };

/** Makes a link by which anybody who has it may read this dashboard, and nothing else, until it expires. */
export const ShareDialog = ({ onShare, onClose }: ShareDialogProps) => {
  const [hours, setHours] = useState('168');
  const [link, setLink] = useState<ShareLink>();
  const [problem, setProblem] = useState<string>();
  const share = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      setLink(await onShare(Number(hours)));
      setProblem(undefined);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  return (
    <Modal title="Share this dashboard" onClose={onClose}>
      <form class="widget-form" onSubmit={share}>
        <p>Whoever has the link can read this dashboard, and nothing else, without signing in.</p>
        {problem !== undefined && (
          <p class="banner" role="alert">
            {problem}
          </p>
        )}
        {link === undefined ? (
          <>
            <label class="field">
              <span class="field-label">Valid for</span>
              <select value={hours} onChange={({ currentTarget }) => setHours(currentTarget.value)}>
                {Object.entries(VALIDITIES).map(([value, name]) => (
                  <option key={value} value={value}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            <div class="form-actions">
              <button type="submit" class="button primary">
                Make a link
              </button>
            </div>
          </>
        ) : (
          <>
            <Copyable label="Link to share" text={new URL(link.url, location.origin).href} />
            <p class="hint">It expires on {formatTime(link.expiresAt)}, and is shown this once.</p>
          </>
        )}
      </form>
    </Modal>
  );
};
