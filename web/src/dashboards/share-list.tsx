import type { ShareView } from '../api/contract.ts';
import { formatTime } from '../format/number-format.ts';

export interface ShareListProps {
  /** Undefined while they are being read. */
  readonly shares: readonly ShareView[] | undefined;
  readonly onRevoke: (share: ShareView) => void;
}

/** The links that are valid, each told by when it was made: the service keeps no more of them. */
export const ShareList = ({ shares, onRevoke }: ShareListProps) => {
  if (shares === undefined) return <p class="hint">Reading the links that are valid…</p>;
  if (shares.length === 0) return <p class="hint">No link is valid now.</p>;
  return (
    <ul class="share-list" aria-label="Valid links">
      {shares.map((share) => (
        <li key={share.id}>
          <span>
            Made {formatTime(share.createdAt)}
            <span class="hint">expires {formatTime(share.expiresAt)}</span>
          </span>
          <button
            type="button"
            class="button"
            aria-label={`Revoke the link made ${formatTime(share.createdAt)}`}
            onClick={() => onRevoke(share)}
          >
            Revoke
          </button>
        </li>
      ))}
    </ul>
  );
};
