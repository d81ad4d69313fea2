import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../api/client.ts';
import type { ShareView } from '../api/contract.ts';
import type { DashboardsApi, ShareLink } from '../api/dashboards.ts';
import { Copyable } from '../copyable.tsx';
import { formatTime } from '../format/number-format.ts';
import { Modal } from '../modal.tsx';
import { ShareList } from './share-list.tsx';

export interface ShareDialogProps {
  readonly api: Pick<DashboardsApi, 'share' | 'shares' | 'revokeShare'>;
  /** The dashboard's. */
  readonly id: string;
  readonly onClose: () => void;
}

const VALIDITIES: { readonly [hours: string]: string } = { '24': 'one day', '168': 'one week', '720': '30 days' };

const useShares = ({ api, id }: Pick<ShareDialogProps, 'api' | 'id'>) => {
  const [shares, setShares] = useState<readonly ShareView[]>();
  const [link, setLink] = useState<ShareLink>();
  const [problem, setProblem] = useState<string>();
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    try {
      await action();
      setShares(await api.shares(id));
      setProblem(undefined);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  useEffect(() => {
    attempt(async () => {});
  }, [id]);
  return {
    shares,
    link,
    problem,
    make: (hours: number) => attempt(async () => setLink(await api.share(id, hours))),
    revoke: (share: ShareView) =>
      attempt(async () => {
        if (!confirm('Revoke this link? Whoever has it sees the dashboard no more.')) return;
        await api.revokeShare(id, share.id);
        if (share.id === link?.id) setLink(undefined);
      }),
  };
};

/**
 * Makes links by which anybody who has one may read this dashboard, and nothing else, until it expires or is revoked
 * here.
 */
export const ShareDialog = ({ api, id, onClose }: ShareDialogProps) => {
  const [hours, setHours] = useState('168');
  const { shares, link, problem, make, revoke } = useShares({ api, id });
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    make(Number(hours));
  };
  return (
    <Modal title="Share this dashboard" onClose={onClose}>
      <form class="widget-form" onSubmit={onSubmit}>
        <p>Whoever has the link can read this dashboard, and nothing else, without signing in.</p>
        {problem !== undefined && (
          <p class="banner" role="alert">
            {problem}
          </p>
        )}
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
        {link !== undefined && (
          <>
            <Copyable label="Link to share" text={new URL(link.url, location.origin).href} />
            <p class="hint">It expires on {formatTime(link.expiresAt)}, and is shown this once.</p>
          </>
        )}
        <ShareList shares={shares} onRevoke={revoke} />
      </form>
    </Modal>
  );
};
