import { useState } from 'preact/hooks';

const COPIED_MS = 2_000;

/** Text to be taken elsewhere, a command or a link, with a button that copies it. */
export const Copyable = ({ label, text }: { readonly label: string; readonly text: string }) => {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <div class="copyable">
      <textarea readOnly wrap="off" aria-label={label} rows={Math.min(6, text.split('\n').length)} value={text} />
      <button type="button" class="button" onClick={copy}>
        {isCopied ? 'Copied' : 'Copy'}
      </button>
    </div>
  );
};
