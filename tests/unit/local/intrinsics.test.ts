// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of CloudFormation and API Gateway.
import { describe, expect, test } from 'vitest';
import { createResolver } from '../../../local/assembly/intrinsics.ts';
import type { Template } from '../../../local/assembly/read-assembly.ts';

const template: Template = {
  Parameters: { Stage: { Default: 'dev' } },
  Mappings: { Sizes: { dev: { memory: 512 } } },
  Conditions: {
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
  },
  Resources: { Table: { Type: 'AWS::DynamoDB::Table' } },
};

const { resolve, holds } = createResolver({
  template,
  pseudoParameters: { 'AWS::Region': 'us-east-1' },
  identify: (logicalId) => ({ ref: `name-of-${logicalId}`, attributes: { Arn: `arn:${logicalId}` } }),
});

describe('an intrinsic function stands for its value', () => {
  test.each([
    ['Ref of a resource', { Ref: 'Table' }, 'name-of-Table'],
    ['Ref of a parameter', { Ref: 'Stage' }, 'dev'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:Table'],
    ['GetAtt as text', { 'Fn::GetAtt': 'Table.Arn' }, 'arn:Table'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 'b']] }, 'a-dev-b'],
    [
      'Sub',
      { 'Fn::Sub': '${Table}/${Table.Arn}/${AWS::Region}/${!Literal}' },
      'name-of-Table/arn:Table/us-east-1/${Literal}',
    ],
    ['Sub with variables', { 'Fn::Sub': ['${Own}', { Own: { Ref: 'Stage' } }] }, 'dev'],
    ['Select of Split', { 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 512],
    ['If', { 'Fn::If': ['IsDev', 'yes', 'no'] }, 'yes'],
    ['nested in data', { list: [{ Ref: 'Stage' }], plain: 1 }, { list: ['dev'], plain: 1 }],
  ])('%s', (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });
});

test('a property or item that is AWS::NoValue is left out', () => {
  const value = {
    kept: 1,
    left: { 'Fn::If': ['IsProd', 1, { Ref: 'AWS::NoValue' }] },
    list: [{ Ref: 'AWS::NoValue' }, 2],
  };

  expect(resolve(value)).toEqual({ kept: 1, list: [2] });
});

test('conditions combine', () => {
  expect(['IsDev', 'IsProd', 'Either', 'Both'].map(holds)).toEqual([true, false, true, false]);
});

test.each([
  [{ Ref: 'Nobody' }, 'refers to "Nobody"'],
  [{ 'Fn::GetAtt': ['Nobody', 'Arn'] }, 'asks "Nobody" for Arn'],
  [{ 'Fn::GetAtt': ['Table', 'StreamArn'] }, 'does not know the attribute StreamArn of AWS::DynamoDB::Table (Table)'],
  [{ 'Fn::Cidr': ['10.0.0.0/16', 1] }, 'does not know the function Fn::Cidr'],
])('%j is refused by name', (value, message) => {
  expect(() => resolve(value)).toThrow(message);
});
