import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createS3Bucket } from '../../functions/adapters/s3-bucket.ts';
import { REGION } from '../../local/assembly/identity.ts';
import { takeInventory } from '../../local/assembly/inventory.ts';
import { readAssembly } from '../../local/assembly/read-assembly.ts';
import { awaitTraining, churnModel, customers, startTraining, train } from '../support/models.ts';
import {
  awaitResult,
  connect,
  type Json,
  newDataDir,
  removeDataDir,
  type Service,
  startService,
} from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService(inject('assemblyDir'), newDataDir());
});
afterAll(async () => {
  await service.kill('SIGINT');
  removeDataDir(service.dataDir);
});

const LOYAL = { visits: 2, tickets: -2 };
const LEAVING = { visits: -2, tickets: 2 };

const create = async (name: string, overrides: object = {}) => {
  const { status, body } = await service.post('/api/models', churnModel(name, overrides));
  expect(status, JSON.stringify(body)).toBe(201);
};

const predictByPlugin = async (model: string, rows: readonly object[]): Promise<Json> => {
  const { body } = await service.post('/api/analytics/submit', { type: 'predicts', data: { model, rows } });
  return (await awaitResult(service, body.analysisId)).result;
};

/** The bucket of a running service, to do what no client can. */
const bucketOf = ({ dataDir }: Service) => {
  const [bucket] = takeInventory(readAssembly(inject('assemblyDir'))).ofType('AWS::S3::Bucket');
  return createS3Bucket({
    name: bucket?.identity.ref ?? '',
    endpoint: JSON.parse(readFileSync(join(dataDir, 'endpoints.json'), 'utf8')).s3,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    clock: () => new Date(),
  });
};

test('a model is trained, tells how it goes, and serves the route and the plugins by its name', async () => {
  const client = await connect(service.webSocketUrl);
  client.send({ action: 'subscribe', stream: 'models', filters: { model: 'churn' }, id: 'm' });
  await client.next(({ event }) => event === 'subscribed');
  await create('churn');
  expect((await service.post('/api/models/churn/predict', { rows: [LOYAL] })).body.error.code).toBe(
    'model.no_champion',
  );
  expect((await predictByPlugin('churn', [LOYAL])).answer).toBeNull();

  const training = await train(service, 'churn', { data: { rows: customers(200) } });

  expect(training).toMatchObject({ status: 'completed', version: 1, outcome: { promoted: true } });
  const trained = await client.next(({ event }) => event === 'model:trained');
  expect(trained).toMatchObject({
    stream: 'models',
    data: { trainingId: training.trainingId, model: 'churn', version: 1 },
  });
  const { status, body } = await service.post('/api/models/churn/predict', { rows: [LOYAL, LEAVING] });
  expect(status).toBe(200);
  expect(body).toMatchObject({ version: 1, kind: 'classification', predictions: [{ label: 'no' }, { label: 'yes' }] });
  const byPlugin = await predictByPlugin('churn', [LOYAL, LEAVING]);
  expect(byPlugin.answer).toMatchObject({ version: 1, kind: body.kind, predictions: body.predictions });
  const { body: shown } = await service.get('/api/models/churn');
  expect(shown.model).toMatchObject({ champion: 1, versions: [{ version: 1, stage: 'champion', seed: 1 }] });
  expect((await service.get('/api/analytics/health')).body).toMatchObject({
    components: { models: 'healthy' },
    metrics: { modelsLoaded: 1 },
  });
  client.close();
});

test('an uploaded file is trained on; what is worse is kept as a candidate and cannot be promoted', async () => {
  await create('uploaded');
  const offer = await service.post('/api/models/uploaded/uploads', { format: 'csv' });
  const lines = customers(200).map(({ visits, tickets, left }) => [visits, tickets, left].join(','));
  const file = await fetch(offer.body.url, {
    method: offer.body.method,
    headers: offer.body.headers,
    body: ['visits,tickets,left', ...lines].join('\r\n'),
  });
  expect(file.ok).toBe(true);

  const first = await train(service, 'uploaded', { data: { upload: offer.body.uploadId } });
  const worse = await train(service, 'uploaded', { data: { upload: offer.body.uploadId }, training: { epochs: 1 } });
  const refused = await service.post('/api/models/uploaded/promote', { version: 2 });
  const compared = await service.post('/api/models/uploaded/compare', { versions: [2, 1] });

  expect(first.outcome.promoted).toBe(true);
  expect(worse.outcome).toMatchObject({ promoted: false, contest: { challenger: 2, champion: 1, metric: 'logLoss' } });
  expect([refused.status, refused.body.error.code]).toEqual([409, 'model.worse_than_champion']);
  expect(compared.body).toMatchObject({
    versions: [
      { version: 2, stage: 'candidate' },
      { version: 1, stage: 'champion' },
    ],
    sameHoldOut: { holdOutOf: 2, rows: 40, better: 1, metrics: { 1: { logLoss: expect.any(Number) } } },
  });
});

test('stored results are trained on, by their ids or by a query', async () => {
  await create('from-results');
  const evidence = customers(120);
  const ids: string[] = [];
  for (let part = 0; part < 4; part += 1) {
    const insights = evidence.slice(part * 30, (part + 1) * 30).map((row) => ({ kind: 'k', evidence: row }));
    const { body } = await service.post('/api/analytics/submit', { type: 'echo', data: { insights } });
    ids.push(body.analysisId);
    await awaitResult(service, body.analysisId);
  }

  const byIds = await train(service, 'from-results', { data: { analyses: ids, path: 'insights.evidence' } });
  const byQuery = await train(service, 'from-results', {
    data: { query: { type: 'echo' }, path: 'insights.evidence' },
  });
  const nothing = await train(service, 'from-results', { data: { analyses: ids, path: 'insights.evidense' } });

  expect([byIds.status, byQuery.status]).toEqual(['completed', 'completed']);
  const { body } = await service.get('/api/models/from-results');
  const [second, first] = body.model.versions;
  expect(first.data).toMatchObject({ fingerprint: second.data.fingerprint, rows: { training: 96, validation: 24 } });
  expect(nothing).toMatchObject({ status: 'failed', failure: { code: 'training.bad_data' } });
  expect(nothing.failure.message).toContain('none holds rows at "insights.evidense"');
});

test('a training is cancelled while it runs', async () => {
  await create('long', { training: { epochs: 20_000, patience: 1_000 } });
  const started = await startTraining(service, 'long', { data: { rows: customers(200) } });
  await awaitTraining(service, started, ({ progress }) => progress !== undefined);

  const { status } = await service.post(`/api/models/long/trainings/${started.trainingId}/cancel`, {});
  const ended = await awaitTraining(service, started);

  expect(status).toBe(202);
  expect(ended.status).toBe('cancelled');
  expect((await service.get('/api/models/long')).body.model).toMatchObject({ champion: null, versions: [] });
});

test('a damaged champion gives way to the one before, and the log says so', async () => {
  await create('damaged');
  await train(service, 'damaged', { data: { rows: customers(200) }, training: { epochs: 1 } });
  const second = await train(service, 'damaged', { data: { rows: customers(200) } });
  expect(second.outcome.promoted).toBe(true);
  await bucketOf(service).put(`models/default/damaged/${second.trainingId}`, 'not a network', 'text/plain');

  const { body } = await service.post('/api/models/damaged/predict', { rows: [LOYAL] });
  const { answer } = await predictByPlugin('damaged', [LOYAL]);

  expect([body.version, answer.version]).toEqual([1, 1]);
  expect(answer.predictions).toEqual(body.predictions);
  expect(service.output()).toContain('model.artifact_unusable');
});
