import * as sdk from '@aws-sdk/client-swf';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CONSTRAINTS } from '../../../../local/aws/swf/constraints.ts';
import { SwfFault } from '../../../../local/aws/swf/faults.ts';
import { validate } from '../../../../local/aws/swf/validation.ts';
import { ClockedSwf } from './moved-clock.ts';

/** The SDK's schema of a structure: its kind, namespace, name and traits, and then the names of its members. */
const SCHEMA = z.tuple([z.unknown(), z.unknown(), z.string(), z.unknown(), z.array(z.string())]).rest(z.unknown());
const schemas = new Map<string, unknown>(Object.entries(sdk));

const operations = Object.entries(CONSTRAINTS).map(([operation, shape]) => {
  const [, , , , members] = SCHEMA.parse(schemas.get(`${operation}Input$`));
  return { operation, shape, members };
});

/** No member takes a list of lists, so the local SWF reports the type of this value for each member that it knows. */
const OF_NO_TYPE = [[]];

describe('the local SWF silently ignores no input of the API model', () => {
  it.each(operations)('$operation', ({ shape, members }) => {
    const ignored = members.filter((member) => {
      try {
        validate<unknown>(shape, { [member]: OF_NO_TYPE });
      } catch (error) {
        return !(error instanceof SwfFault && error.type.endsWith('#SerializationException'));
      }
      return true;
    });
    expect(ignored).toEqual([]);
  });

  it('but refuses the tags of a domain, because it does not keep them', async () => {
    const swf = new ClockedSwf();
    const register = (tags: unknown) =>
      swf.call('RegisterDomain', { name: 'd', workflowExecutionRetentionPeriodInDays: '1', tags });
    await expect(register([{ key: 'k', value: 'v' }])).rejects.toThrow('does not keep tags');
    await register([]);
  });
});
