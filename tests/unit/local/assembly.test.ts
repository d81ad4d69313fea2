import { describe, expect, test } from 'vitest';
import { createResolver } from '../../../local/assembly/intrinsics.ts';
import { takeInventory } from '../../../local/assembly/inventory.ts';
import type { Template } from '../../../local/assembly/read-assembly.ts';

const template: Template = {
  Parameters: { Color: { Default: 'red' } },
  Mappings: { Sizes: { small: { width: 3 } } },
  Conditions: { IsRed: { 'Fn::Equals': [{ Ref: 'Color' }, 'red'] }, IsBlue: { 'Fn::Not': [{ Condition: 'IsRed' }] } },
  Resources: { Jobs: { Type: 'AWS::SQS::Queue' } },
};

const { resolve } = createResolver({
  template,
  pseudoParameters: { 'AWS::Region': 'us-east-1', 'AWS::NoValue': '' },
  identify: (logicalId) => ({ ref: `ref-${logicalId}`, attributes: { Arn: `arn-${logicalId}` } }),
});

describe('an intrinsic function gives what CloudFormation would', () => {
  test.each([
    [{ Ref: 'Jobs' }, 'ref-Jobs'],
    [{ Ref: 'Color' }, 'red'],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ 'Fn::GetAtt': ['Jobs', 'Arn'] }, 'arn-Jobs'],
    [{ 'Fn::GetAtt': 'Jobs.Arn' }, 'arn-Jobs'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Color' }]] }, 'a-red'],
    [{ 'Fn::Sub': '${AWS::Region}/${Jobs.Arn}/${!Literal}' }, 'us-east-1/arn-Jobs/${Literal}'],
    [{ 'Fn::Sub': ['${x}-${Color}', { x: { Ref: 'Jobs' } }] }, 'ref-Jobs-red'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b,c'] }] }, 'b'],
    [{ 'Fn::FindInMap': ['Sizes', 'small', 'width'] }, 3],
    [{ 'Fn::If': ['IsRed', 'yes', 'no'] }, 'yes'],
    [{ 'Fn::If': ['IsBlue', 'yes', { Ref: 'AWS::NoValue' }] }, undefined],
    [{ 'Fn::And': [{ Condition: 'IsRed' }, { 'Fn::Or': [{ Condition: 'IsBlue' }, { Condition: 'IsRed' }] }] }, true],
    [{ keep: 1, drop: { Ref: 'AWS::NoValue' } }, { keep: 1 }],
  ])('%j', (value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  test.each([
    [{ 'Fn::Base64': 'x' }, 'Fn::Base64'],
    [{ Ref: 'Nowhere' }, '"Nowhere"'],
    [{ 'Fn::GetAtt': ['Jobs', 'Colour'] }, 'the attribute Colour of AWS::SQS::Queue (Jobs)'],
  ])('or an error that names what is not known: %j', (value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });
});

describe('the inventory', () => {
  const inventoryOf = (Resources: Template['Resources']) =>
    takeInventory({ stackName: 'stack', templateFile: '', template: { Resources }, assetFolders: new Map() });

  test('names each resource as AWS would, and finds it by name and by ARN', () => {
    const inventory = inventoryOf({
      Jobs: {
        Type: 'AWS::SQS::Queue',
        Properties: { QueueName: 'jobs', RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] } } },
      },
      Dead: { Type: 'AWS::SQS::Queue' },
      Role: { Type: 'AWS::IAM::Role', Properties: { Anything: true } },
    });

    const jobs = inventory.find('AWS::SQS::Queue', 'https://sqs.us-east-1.amazonaws.com/000000000000/jobs');
    expect(jobs?.properties['RedrivePolicy']).toEqual({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:stack-Dead',
    });
    expect(inventory.find('AWS::SQS::Queue', 'arn:aws:sqs:us-east-1:000000000000:jobs')).toBe(jobs);
    expect(inventory.warnings).toEqual([]);
  });

  test('refuses a type it does not emulate, by type and logical id', () => {
    expect(() => inventoryOf({ Stream: { Type: 'AWS::Kinesis::Stream' } })).toThrow(
      /Stream of type AWS::Kinesis::Stream/,
    );
  });

  test('warns of a property it does not emulate', () => {
    const { warnings } = inventoryOf({ Jobs: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } } });

    expect(warnings).toEqual(['Jobs (AWS::SQS::Queue): the property FifoQueue is not emulated']);
  });
});
