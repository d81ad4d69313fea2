import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { discoverPlugins } from '../plugins/discovery.ts';
import { AnalyticsStack } from './analytics-stack.ts';
import { readSettings } from './settings.ts';

/** Synthesizes the assembly that `cdk deploy` deploys and `npm start` runs. */

const root = join(import.meta.dirname, '..');

const main = (): void => {
  try {
    process.loadEnvFile(join(root, '.env'));
  } catch {
    // .env is optional: settings may come from the environment alone.
  }
  const settings = readSettings(process.env, root);
  const plugins = discoverPlugins(settings.pluginsDir, { enabled: settings.enabledPlugins });
  const app = new App({ ...(process.env['CDK_OUTDIR'] === undefined ? {} : { outdir: process.env['CDK_OUTDIR'] }) });
  new AnalyticsStack(app, 'AiAnalytics', {
    stackName: `ai-analytics-${settings.stage}`,
    description: 'AI Analytics: plugins compute, results are pushed the moment they exist',
    settings,
    plugins: plugins.map(({ manifest }) => manifest),
    // The same template for every account and region, which is also what runs on one machine.
    env: {},
    analyticsReporting: false,
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
};

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
