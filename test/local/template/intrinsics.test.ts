import { describe, expect, it } from 'vitest';

import { resolve, UnknownTemplateElementError } from '../../../local/template/intrinsics.ts';

const references = {
  refs: new Map([
    ['AWS::Region', 'eu-west-1'],
    ['Table', 'table-1'],
  ]),
  attributes: new Map([['Table.Arn', 'arn:table-1']]),
};

describe('resolve', () => {
  it.each([
    { given: 'a string', value: 'Ref', becomes: 'Ref' },
    { given: 'a number', value: 0, becomes: 0 },
    { given: 'true', value: true, becomes: true },
    { given: 'null', value: null, becomes: null },
    { given: 'an empty object', value: {}, becomes: {} },
    { given: 'a list', value: [1, { Ref: 'Table' }], becomes: [1, 'table-1'] },
    { given: 'a nested value', value: { a: { b: [{ Ref: 'Table' }] } }, becomes: { a: { b: ['table-1'] } } },
    { given: 'Ref to a resource', value: { Ref: 'Table' }, becomes: 'table-1' },
    { given: 'Ref to a pseudo parameter', value: { Ref: 'AWS::Region' }, becomes: 'eu-west-1' },
    { given: 'Fn::GetAtt of a list', value: { 'Fn::GetAtt': ['Table', 'Arn'] }, becomes: 'arn:table-1' },
    { given: 'Fn::GetAtt of a string', value: { 'Fn::GetAtt': 'Table.Arn' }, becomes: 'arn:table-1' },
    { given: 'Fn::Join', value: { 'Fn::Join': [':', ['a', { Ref: 'Table' }, 'b']] }, becomes: 'a:table-1:b' },
    { given: 'Fn::Join of nothing', value: { 'Fn::Join': [',', []] }, becomes: '' },
    {
      given: 'Fn::Join in Fn::Join',
      value: { 'Fn::Join': ['-', ['a', { 'Fn::Join': ['', ['b', { Ref: 'Table' }]] }]] },
      becomes: 'a-btable-1',
    },
    { given: 'Fn::Sub', value: { 'Fn::Sub': 'x-${Table}-${AWS::Region}' }, becomes: 'x-table-1-eu-west-1' },
    { given: 'Fn::Sub with an attribute', value: { 'Fn::Sub': '${Table.Arn}/*' }, becomes: 'arn:table-1/*' },
    { given: 'Fn::Sub without a reference', value: { 'Fn::Sub': '$x {y}' }, becomes: '$x {y}' },
    {
      given: 'a policy’s condition',
      value: { Condition: { a: 1 }, Effect: 'Allow' },
      becomes: { Condition: { a: 1 }, Effect: 'Allow' },
    },
  ])('evaluates $given', ({ value, becomes }) => {
    expect(resolve(value, references)).toEqual(becomes);
  });

  it.each([
    { given: 'an unknown function', value: { 'Fn::Magic': [] }, says: 'unknown intrinsic function: Fn::Magic' },
    { given: 'Fn::If', value: { 'Fn::If': ['C', 'a', 'b'] }, says: 'unknown intrinsic function: Fn::If' },
    {
      given: 'Fn::ImportValue',
      value: { 'Fn::ImportValue': 'x' },
      says: 'unknown intrinsic function: Fn::ImportValue',
    },
    {
      given: 'a nested Fn::Select',
      value: [{ a: { 'Fn::Select': [0, []] } }],
      says: 'unknown intrinsic function: Fn::Select',
    },
    { given: 'a condition’s name', value: { Condition: 'C' }, says: 'unknown intrinsic function: Condition' },
    { given: 'a dangling Ref', value: { Ref: 'Tables' }, says: 'unknown reference: Tables' },
    { given: 'AWS::NoValue', value: { Ref: 'AWS::NoValue' }, says: 'unknown reference: AWS::NoValue' },
    { given: 'a Ref to an attribute', value: { Ref: 'Table.Arn' }, says: 'unknown reference: Table.Arn' },
    { given: 'a Ref that is not a string', value: { Ref: { Ref: 'Table' } }, says: 'unknown reference: ' },
    {
      given: 'an unknown attribute',
      value: { 'Fn::GetAtt': ['Table', 'Name'] },
      says: 'unknown reference: Table.Name',
    },
    {
      given: 'an attribute of an unknown resource',
      value: { 'Fn::GetAtt': ['Tables', 'Arn'] },
      says: 'unknown reference: Tables.Arn',
    },
    { given: 'Fn::Sub with a dangling name', value: { 'Fn::Sub': '${Tables}' }, says: 'unknown reference: Tables' },
    {
      given: 'Fn::Sub with an unknown attribute',
      value: { 'Fn::Sub': '${Table.Name}' },
      says: 'unknown reference: Table.Name',
    },
    {
      given: 'Fn::Sub with a map of variables',
      value: { 'Fn::Sub': ['${a}', { a: 'b' }] },
      says: 'a map of variables',
    },
    { given: 'Fn::Join without a list', value: { 'Fn::Join': [',', 'ab'] }, says: 'requires a separator and a list' },
    { given: 'Fn::Join without a separator', value: { 'Fn::Join': [['a']] }, says: 'requires a separator and a list' },
    { given: 'Fn::Join of a string', value: { 'Fn::Join': 'a' }, says: 'requires a separator and a list' },
    { given: 'a dangling Ref in Fn::Join', value: { 'Fn::Join': ['', [{ Ref: 'X' }]] }, says: 'unknown reference: X' },
  ])('refuses $given', ({ value, says }) => {
    expect(() => resolve(value, references)).toThrow(UnknownTemplateElementError);
    expect(() => resolve(value, references)).toThrow(says);
  });

  it('does not modify its argument', () => {
    const value = { a: [{ Ref: 'Table' }] };
    resolve(value, references);
    expect(value).toEqual({ a: [{ Ref: 'Table' }] });
  });
});
