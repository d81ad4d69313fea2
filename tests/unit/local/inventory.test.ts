// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation and API Gateway.
import { expect, test } from 'vitest';
import { takeInventory } from '../../../local/assembly/inventory.ts';
import type { Template } from '../../../local/assembly/read-assembly.ts';

const inventoryOf = (resources: Template['Resources'], rest: Partial<Template> = {}) =>
  takeInventory({
    stackName: 'stack',
    templateFile: 'stack.template.json',
    template: { Resources: resources, ...rest },
    assetFolders: new Map(),
  });

test('a resource type that is not emulated is refused with its name and what to do', () => {
  const resources = { Stream: { Type: 'AWS::Kinesis::Stream' } };

  expect(() => inventoryOf(resources)).toThrow(/Stream of type AWS::Kinesis::Stream.*resource-types\.ts/);
});

test('a property without which a resource would be another is refused; one that may matter is a warning', () => {
  const fifo = { Jobs: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } } };
  const unknown = { Jobs: { Type: 'AWS::SQS::Queue', Properties: { Fancy: true, SqsManagedSseEnabled: true } } };

  expect(() => inventoryOf(fifo)).toThrow('Jobs (AWS::SQS::Queue) has the property FifoQueue');
  expect(inventoryOf(unknown).warnings).toEqual(['Jobs (AWS::SQS::Queue): the property Fancy is not emulated']);
});

test('what has no meaning on one machine, or whose condition does not hold, is not there', () => {
  const inventory = inventoryOf(
    {
      Role: { Type: 'AWS::IAM::Role' },
      Kept: { Type: 'AWS::SQS::Queue', Condition: 'Yes' },
      Left: { Type: 'AWS::SQS::Queue', Condition: 'No' },
    },
    { Conditions: { Yes: { 'Fn::Equals': [1, 1] }, No: { 'Fn::Equals': [1, 2] } } },
  );

  expect(inventory.ofType('AWS::SQS::Queue', 'AWS::IAM::Role').map(({ logicalId }) => logicalId)).toEqual(['Kept']);
});

test('names come from the template, or are made up alike in every run and not longer than AWS takes', () => {
  const long = 'Bucket'.repeat(20);
  const resources = {
    Named: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': '${AWS::StackName}-jobs' } } },
    Unnamed: { Type: 'AWS::SQS::Queue' },
    [long]: { Type: 'AWS::S3::Bucket' },
  };

  const [first, second] = [inventoryOf(resources), inventoryOf(resources)];

  const refs = first.ofType('AWS::SQS::Queue', 'AWS::S3::Bucket').map(({ identity }) => identity.ref);
  expect(refs.slice(0, 2)).toEqual([
    'https://sqs.us-east-1.amazonaws.com/000000000000/stack-jobs',
    'https://sqs.us-east-1.amazonaws.com/000000000000/stack-Unnamed',
  ]);
  expect(refs[2]).toMatch(/^stack-bucket[a-z]+-[0-9a-f]{12}$/);
  expect(refs[2]).toHaveLength(63);
  expect(second.ofType('AWS::S3::Bucket')[0]?.identity.ref).toBe(refs[2]);
});

test('a resource is found by its name, its ARN and its logical id', () => {
  const inventory = inventoryOf({ Work: { Type: 'AWS::Lambda::Function' } });

  const found = ['stack-Work', 'arn:aws:lambda:us-east-1:000000000000:function:stack-Work', 'Work', 'other'].map(
    (value) => inventory.find('AWS::Lambda::Function', value)?.logicalId,
  );

  expect(found).toEqual(['Work', 'Work', 'Work', undefined]);
});
