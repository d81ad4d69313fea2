import { useEffect, useMemo } from 'preact/hooks';
import { DashboardPage } from './dashboards/dashboard-page.tsx';
import { ListPage } from './dashboards/list-page.tsx';
import { SharedPage } from './dashboards/shared-page.tsx';
import { Icon } from './icon.tsx';
import { followLink, route } from './route.ts';
import { credential, signOut } from './session/credential.ts';
import { createSession } from './session/session.ts';
import { SignInPage } from './session/sign-in-page.tsx';
import type { SiteConfig } from './session/site-config.ts';
import { switchTheme, theme } from './theme/theme.ts';

const Header = ({ isSignedIn }: { readonly isSignedIn: boolean }) => (
  <header class="site-header">
    <a class="brand" href="/" onClick={followLink}>
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <path d="M3 15.5 7.5 9l3.5 3.5L17 4" />
        <circle cx="17" cy="4" r="1.8" />
      </svg>
      AI Analytics
    </a>
    <div class="site-actions">
      <button
        type="button"
        class="icon-button"
        aria-label={theme.value === 'dark' ? 'Switch to light' : 'Switch to dark'}
        title={theme.value === 'dark' ? 'Switch to light' : 'Switch to dark'}
        onClick={switchTheme}
      >
        <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} />
      </button>
      {isSignedIn && (
        <button type="button" class="link-button" onClick={() => signOut()}>
          Sign out
        </button>
      )}
    </div>
  </header>
);

const NotFound = () => (
  <main class="page">
    <h1>There is no such page</h1>
    <p>
      <a href="/" onClick={followLink}>
        See all dashboards
      </a>
    </p>
  </main>
);

const SignedIn = ({ token, config }: { readonly token: string; readonly config: SiteConfig }) => {
  const session = useMemo(() => createSession(token, config.webSocketUrl), [token, config]);
  useEffect(() => session.close, [session]);
  const current = route.value;
  if (current.page === 'list') return <ListPage api={session.api} />;
  if (current.page !== 'dashboard') return <NotFound />;
  return <DashboardPage key={current.id} session={session} id={current.id} range={current.range} />;
};

const Page = ({ config }: { readonly config: SiteConfig }) => {
  const current = route.value;
  if (current.page === 'shared') return <SharedPage token={current.token} range={current.range} />;
  const token = credential.value;
  if (token === undefined) return <SignInPage oidc={config.oidc} />;
  return <SignedIn token={token} config={config} />;
};

export const App = ({ config }: { readonly config: SiteConfig }) => (
  <>
    <Header isSignedIn={credential.value !== undefined && route.value.page !== 'shared'} />
    <Page config={config} />
  </>
);
