import { useState } from 'preact/hooks';
import { signIn, signInReason } from './credential.ts';
import { beginSignIn } from './oidc.ts';
import type { OidcConfig } from './site-config.ts';

const TokenForm = () => {
  const [token, setToken] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    const trimmed = token.trim().replace(/^Bearer\s+/i, '');
    if (trimmed !== '') signIn(trimmed);
  };
  return (
    <form class="sign-in-form" onSubmit={submit}>
      <label>
        Token or API key
        <input
          type="password"
          autoComplete="off"
          spellcheck={false}
          required
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button primary">
        Sign in
      </button>
      <p class="hint">
        On one machine, <code>npm run token</code> prints one. It is kept in this tab and forgotten when the tab is
        closed.
      </p>
    </form>
  );
};

const ProviderSignIn = ({ oidc }: { readonly oidc: OidcConfig }) => {
  const [problem, setProblem] = useState<string>();
  const begin = (): void => {
    beginSignIn(oidc).catch((error: unknown) => {
      setProblem(`The sign-in provider could not be reached: ${error instanceof Error ? error.message : 'unknown'}`);
    });
  };
  return (
    <>
      <button type="button" class="button primary" onClick={begin}>
        Sign in with {new URL(oidc.issuer).host}
      </button>
      {problem !== undefined && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      <details>
        <summary>Use a token instead</summary>
        <TokenForm />
      </details>
    </>
  );
};

export const SignInPage = ({ oidc }: { readonly oidc: OidcConfig | undefined }) => (
  <main class="sign-in">
    <h1>AI Analytics</h1>
    {signInReason.value !== undefined && (
      <p class="banner" role="alert">
        {signInReason.value}
      </p>
    )}
    {oidc === undefined ? <TokenForm /> : <ProviderSignIn oidc={oidc} />}
  </main>
);
