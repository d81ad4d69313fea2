import { signal } from '@preact/signals';

/** The credential of this tab: it lives as long as the tab does, and no other tab or later visitor finds it. */

const KEY = 'ai-analytics.credential';

/** A token or an API key; undefined until somebody signs in. */
export const credential = signal<string | undefined>(sessionStorage.getItem(KEY) ?? undefined);

/** Why the reader is asked to sign in, when something ended the session. */
export const signInReason = signal<string | undefined>(undefined);

export const signIn = (token: string): void => {
  sessionStorage.setItem(KEY, token);
  signInReason.value = undefined;
  credential.value = token;
};

export const signOut = (reason?: string): void => {
  sessionStorage.removeItem(KEY);
  signInReason.value = reason;
  credential.value = undefined;
};

/**
 * Takes the credential that a link carries behind `#token=`, and takes it out of the address so that neither the
 * history nor a copied link holds it. What is behind `#` is not sent to any server.
 */
export const takeTokenFromAddress = (): void => {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  history.replaceState(null, '', location.pathname + location.search);
  if (token !== '') signIn(token);
};
