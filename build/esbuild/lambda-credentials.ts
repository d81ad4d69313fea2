import type { Plugin } from 'esbuild';
import { root } from '../function-entries.ts';

/**
 * Lambda hands a function its credentials in the environment. The SDK would bring what finds them anywhere else: profiles,
 * single sign-on, instance metadata, each with a client of its own.
 */
export const lambdaCredentials: Plugin = {
  name: 'lambda-credentials',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      namespace: 'lambda-credentials',
      path: 'environment',
    }));
    onLoad({ filter: /.*/, namespace: 'lambda-credentials' }, () => ({
      resolveDir: root,
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
    }));
  },
};
