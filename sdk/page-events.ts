/** What a page tells of itself: nothing in Node and React Native. */
interface PageEvents {
  addEventListener?: (name: string, listener: () => void) => void;
  removeEventListener?: (name: string, listener: () => void) => void;
  readonly document?: { readonly visibilityState: string };
}

/** @returns what ends the listening */
export const watchPage = ({ onOnline, onLeave }: { onOnline: () => void; onLeave: () => void }): (() => void) => {
  const page = globalThis as PageEvents;
  const onVisibility = (): void => (page.document?.visibilityState === 'hidden' ? onLeave() : onOnline());
  // A page that is hidden may end without another word, above all on phones.
  const listeners = { online: onOnline, pagehide: onLeave, visibilitychange: onVisibility };
  for (const [name, listener] of Object.entries(listeners)) page.addEventListener?.(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) page.removeEventListener?.(name, listener);
  };
};
