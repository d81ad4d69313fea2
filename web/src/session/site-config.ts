/** What the deployment tells the page: `/config.json`. */
export interface SiteConfig {
  /** Address of the WebSocket API. */
  readonly webSocketUrl: string;
  /** How readers sign in with an OpenID Connect provider; absent when they paste a token. */
  readonly oidc?: OidcConfig;
}

export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** The `aud` that the service expects of a token. */
  readonly audience: string;
}

/** @throws {Error} when the deployment holds no configuration */
export const loadSiteConfig = async (): Promise<SiteConfig> => {
  const response = await fetch('/config.json');
  if (!response.ok) throw new Error(`/config.json answered with status ${response.status}`);
  return (await response.json()) as SiteConfig;
};
