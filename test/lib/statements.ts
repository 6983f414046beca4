import { z } from 'zod';

import type { ResourceJson } from './synthesized.ts';

export const STATEMENTS = z.object({
  Version: z.literal('2012-10-17'),
  Statement: z.array(z.record(z.string(), z.unknown())),
});

/** Every policy statement anywhere in a value. */
export function statementsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const { success, data } = STATEMENTS.safeParse(value);
  return success ? data.Statement : Object.values(value).flatMap(statementsIn);
}

/**
 * Every action, resource and principal of a statement, and every source that Lambda lets in, that holds `*` or `?`,
 * behind the logical id of what it is in.
 */
export function wildcardsIn(resources: Readonly<Record<string, ResourceJson>>): string[] {
  const found = Object.entries(resources).flatMap(([id, resource]) =>
    [...statementsIn(resource), resource.Properties]
      .flatMap((named) => [named['Action'], named['Resource'], named['Principal'], named['SourceArn']].flat())
      .filter((value) => value !== undefined)
      .map(toText)
      .filter((text) => /[*?]/.test(text))
      .map((text) => `${id} ${text}`),
  );
  return found.sort();
}

/** A text with every reference in it named. */
function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  const { data } = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }).safeParse(value);
  if (data !== undefined) return data['Fn::Join'][1].map(toText).join(data['Fn::Join'][0]);
  const { data: reference } = z.object({ Ref: z.string() }).safeParse(value);
  return reference === undefined ? JSON.stringify(value) : `<${reference.Ref}>`;
}
