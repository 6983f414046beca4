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
    { given: 'a text', value: 'Ref', becomes: 'Ref' },
    { given: 'a number', value: 0, becomes: 0 },
    { given: 'true', value: true, becomes: true },
    { given: 'null', value: null, becomes: null },
    { given: 'nothing', value: {}, becomes: {} },
    { given: 'a list', value: [1, { Ref: 'Table' }], becomes: [1, 'table-1'] },
    { given: 'a value deep inside', value: { a: { b: [{ Ref: 'Table' }] } }, becomes: { a: { b: ['table-1'] } } },
    { given: 'Ref to a resource', value: { Ref: 'Table' }, becomes: 'table-1' },
    { given: 'Ref to a pseudo parameter', value: { Ref: 'AWS::Region' }, becomes: 'eu-west-1' },
    { given: 'Fn::GetAtt of a list', value: { 'Fn::GetAtt': ['Table', 'Arn'] }, becomes: 'arn:table-1' },
    { given: 'Fn::GetAtt of a text', value: { 'Fn::GetAtt': 'Table.Arn' }, becomes: 'arn:table-1' },
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
  ])('works out $given', ({ value, becomes }) => {
    expect(resolve(value, references)).toEqual(becomes);
  });

  it.each([
    { given: 'a function nobody knows', value: { 'Fn::Magic': [] }, says: 'Fn::Magic is not known' },
    { given: 'Fn::If', value: { 'Fn::If': ['C', 'a', 'b'] }, says: 'Fn::If is not known' },
    { given: 'Fn::ImportValue', value: { 'Fn::ImportValue': 'x' }, says: 'Fn::ImportValue is not known' },
    { given: 'Fn::Select, deep inside', value: [{ a: { 'Fn::Select': [0, []] } }], says: 'Fn::Select is not known' },
    { given: 'a condition’s name', value: { Condition: 'C' }, says: 'Condition is not known' },
    { given: 'a dangling Ref', value: { Ref: 'Tables' }, says: 'nothing here is called Tables' },
    { given: 'AWS::NoValue', value: { Ref: 'AWS::NoValue' }, says: 'nothing here is called AWS::NoValue' },
    { given: 'a Ref to an attribute', value: { Ref: 'Table.Arn' }, says: 'nothing here is called Table.Arn' },
    { given: 'a Ref to no name', value: { Ref: { Ref: 'Table' } }, says: 'nothing here is called' },
    { given: 'an unknown attribute', value: { 'Fn::GetAtt': ['Table', 'Name'] }, says: 'called Table.Name' },
    { given: 'an attribute of nothing', value: { 'Fn::GetAtt': ['Tables', 'Arn'] }, says: 'called Tables.Arn' },
    { given: 'Fn::Sub with a dangling name', value: { 'Fn::Sub': '${Tables}' }, says: 'called Tables' },
    { given: 'Fn::Sub with an unknown attribute', value: { 'Fn::Sub': '${Table.Name}' }, says: 'called Table.Name' },
    { given: 'Fn::Sub with a map of its own', value: { 'Fn::Sub': ['${a}', { a: 'b' }] }, says: 'a map of its own' },
    { given: 'Fn::Join without a list', value: { 'Fn::Join': [',', 'ab'] }, says: 'without a separator and a list' },
    { given: 'Fn::Join without a separator', value: { 'Fn::Join': [['a']] }, says: 'without a separator and a list' },
    { given: 'Fn::Join of a text', value: { 'Fn::Join': 'a' }, says: 'without a separator and a list' },
    { given: 'a dangling Ref in Fn::Join', value: { 'Fn::Join': ['', [{ Ref: 'X' }]] }, says: 'called X' },
  ])('refuses $given', ({ value, says }) => {
    expect(() => resolve(value, references)).toThrow(UnknownTemplateElementError);
    expect(() => resolve(value, references)).toThrow(says);
  });

  it('leaves what it was given as it was', () => {
    const value = { a: [{ Ref: 'Table' }] };
    resolve(value, references);
    expect(value).toEqual({ a: [{ Ref: 'Table' }] });
  });
});
