import { render } from 'preact';
import { App } from './app.tsx';
import { followAddress, navigate } from './route.ts';
import { signIn, signInReason, takeTokenFromAddress } from './session/credential.ts';
import { completeSignIn } from './session/oidc.ts';
import { loadSiteConfig, type SiteConfig } from './session/site-config.ts';
import { followTheme } from './theme/theme.ts';
import './styles/index.css';

const comeBackFromProvider = async ({ oidc }: SiteConfig): Promise<void> => {
  if (oidc === undefined) return;
  try {
    const completed = await completeSignIn(oidc);
    if (completed === undefined) return;
    signIn(completed.token);
    navigate(completed.path);
  } catch (error) {
    signInReason.value = error instanceof Error ? error.message : 'The sign-in failed. Try again.';
  }
};

const start = async (root: HTMLElement): Promise<void> => {
  followTheme();
  takeTokenFromAddress();
  followAddress();
  try {
    const config = await loadSiteConfig();
    await comeBackFromProvider(config);
    render(<App config={config} />, root);
  } catch {
    root.textContent = 'The page could not read its configuration. Check the connection and reload.';
  }
};

const root = document.getElementById('app');
if (root !== null) start(root);
