import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { AnalyticsStack } from '../../infra/analytics-stack.ts';
import { readSettings } from '../../infra/settings.ts';
import { discoverPlugins } from '../../plugins/discovery.ts';
import { writeBundles, writePlugins } from '../support/synthesize-stack.ts';

const createApp = () => {
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const env = {
    BUILD_DIR: writeBundles(['plain']),
    PLUGINS_DIR: writePlugins([{ name: 'plain' }]),
    AUTH_SECRET_NAME: 'signing',
  };
  const settings = readSettings(env, '/');
  const plugins = discoverPlugins(settings.pluginsDir).map(({ manifest }) => manifest);
  return { app, stack: new AnalyticsStack(app, 'Test', { settings, plugins }) };
};

test('the stack keeps the AwsSolutions rules, or says why not', () => {
  expect(() => createApp().app.synth()).not.toThrow();
});

test('a bucket that is open to plain HTTP stops the synthesis', () => {
  const { app, stack } = createApp();
  new Bucket(stack, 'Careless');

  expect(() => app.synth()).toThrow('AwsSolutions-S10');
});
