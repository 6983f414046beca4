import type { AttributeValue, DeleteItemCommandInput } from '@aws-sdk/client-dynamodb';

export type Item = Readonly<Record<string, AttributeValue>>;

type Condition = Required<
  Pick<DeleteItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>
>;

/**
 * A condition that holds while a row is as it was read, attribute by attribute, and each value by its type, too. It compares
 * lists and maps member by member: dynalite, which plays DynamoDB on one machine, does not compare whole ones.
 *
 * @param absent attributes that must not have been added.
 */
export function toUnchanged(item: Item, absent: readonly string[]): Condition {
  const names = new Names();
  const values: Record<string, AttributeValue> = {};
  const toValue = (value: AttributeValue): string => {
    const name = `:${Object.keys(values).length}`;
    values[name] = value;
    return name;
  };
  const compare = (path: string, value: AttributeValue): string[] => {
    const size = (count: number): string => `size(${path}) = ${toValue({ N: String(count) })}`;
    if (value.L !== undefined) {
      return [size(value.L.length), ...value.L.flatMap((one, index) => compare(`${path}[${index}]`, one))];
    }
    if (value.M !== undefined) {
      const members = Object.entries(value.M);
      return [size(members.length), ...members.flatMap(([name, one]) => compare(`${path}.${names.of(name)}`, one))];
    }
    return [`${path} = ${toValue(value)}`];
  };
  const parts = Object.entries(item).flatMap(([name, value]) => compare(names.of(name), value));
  const missing = absent.filter((name) => !(name in item)).map((name) => `attribute_not_exists(${names.of(name)})`);
  return {
    ConditionExpression: [...parts, ...missing].join(' AND '),
    ExpressionAttributeNames: names.all,
    ExpressionAttributeValues: values,
  };
}

/** Placeholders, because some attributes have reserved words as names. */
class Names {
  readonly all: Record<string, string> = {};

  of(name: string): string {
    const placeholder = `#${Object.keys(this.all).length}`;
    this.all[placeholder] = name;
    return placeholder;
  }
}
