import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ANY_CHARACTER } from '../../../any-character.ts';
import type { HttpResult } from '../../../../lambda/http/event.ts';
import { TASK_TOKEN } from '../../test-app.ts';
import { EndWorld, type Format, FORMATS, type Kind, KINDS, toAccepted, toSaid } from './end-world.ts';

/** The longest text of each member, in characters. */
const LIMITS = [
  { kind: 'complete', member: 'result', most: 32_768 },
  { kind: 'fail', member: 'reason', most: 256 },
  { kind: 'fail', member: 'details', most: 32_768 },
  { kind: 'cancel', member: 'details', most: 32_768 },
] as const;

const KIB_512 = 512 * 1024;

/** Sends an end of one's own making. */
async function send(kind: Kind, format: Format, body: string) {
  const world = new EndWorld();
  return { world, answer: await world.startContainer()({ ...world.end(kind, format), body }) };
}

const toBody = (members: object): string => JSON.stringify({ taskToken: TASK_TOKEN, ...members });

/** As the relay says it, and as SWF does. */
function refused(format: Format, member: string, detail: string, constraint: string): object {
  const swf = `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`;
  return format === 'aws'
    ? { status: 400, __type: 'com.amazon.coral.validate#ValidationException', message: swf }
    : { status: 400, code: 'MalformedRequest', detail: `${member} ${detail}.` };
}

function parse({ statusCode, body }: HttpResult): object {
  const members: unknown = JSON.parse(body);
  return { ...(typeof members === 'object' ? members : {}), status: statusCode };
}

describe.each(LIMITS.flatMap((limit) => FORMATS.map((format) => ({ ...limit, format }))))(
  '$member of $kind, in the $format format',
  ({ kind, member, most, format }) => {
    it.each([
      { given: 'nothing', text: '' },
      { given: 'the most letters', text: 'x'.repeat(most) },
      { given: 'the most emoji', text: '🫀'.repeat(most) },
      { given: 'what JSON escapes', text: '\u0000"\\\n'.repeat(most / 4) },
      { given: 'a secret member of every object', text: '__proto__' },
    ])('may be $given, and reaches SWF as it came', async ({ text }) => {
      const { world, answer } = await send(kind, format, toBody({ [member]: text, identity: 'x', [`x${member}`]: 1 }));
      expect(toSaid(answer)).toEqual(toAccepted(kind, format));
      expect(world.sent).toEqual([{ taskToken: TASK_TOKEN, [member]: text }]);
    });

    it('may be null, which is nothing', async () => {
      const { world } = await send(kind, format, toBody({ [member]: null }));
      expect(world.sent).toEqual([{ taskToken: TASK_TOKEN }]);
    });

    const tooLong = {
      detail: `must have at most ${most} characters`,
      says: `Member must have length less than or equal to ${most}`,
    };
    it.each([
      { given: 'a letter too long', value: 'x'.repeat(most + 1), ...tooLong },
      { given: 'an emoji too long', value: '🫀'.repeat(most + 1), ...tooLong },
      { given: 'a number', value: 42, detail: 'must be a string', says: 'Member must be a string' },
      { given: 'a list', value: ['x'], detail: 'must be a string', says: 'Member must be a string' },
      { given: 'false', value: false, detail: 'must be a string', says: 'Member must be a string' },
      {
        given: 'half a character',
        value: 'x\ud83e',
        detail: 'must be well-formed Unicode',
        says: 'Member must be well-formed Unicode',
      },
    ])('is refused if it is $given, and nothing is called', async ({ value, detail, says }) => {
      const { world, answer } = await send(kind, format, toBody({ [member]: value }));
      expect(parse(answer)).toMatchObject(refused(format, member, detail, says));
      expect(world.swf.calls).toEqual([]);
    });
  },
);

describe.each(KINDS.flatMap((kind) => FORMATS.map((format) => ({ kind, format }))))(
  'the body of $kind, in the $format format',
  ({ kind, format }) => {
    it('may have 512 KiB, and not a byte more', async () => {
      const accepted = await send(kind, format, toBody({}).padEnd(KIB_512, ' '));
      expect(toSaid(accepted.answer)).toEqual(toAccepted(kind, format));
      const { world, answer } = await send(kind, format, toBody({}).padEnd(KIB_512 + 1, ' '));
      expect(parse(answer)).toMatchObject(
        format === 'aws' ? { status: 400, message: 'The body is larger than 512 KiB.' } : { status: 413 },
      );
      expect(world.backends.keyReads).toBe(0);
    });

    it('may have 64 KiB on a stack that only relays heartbeats', async () => {
      const world = new EndWorld({ operations: undefined });
      const call = world.startContainer({ ends: undefined });
      const body = toBody({}).padEnd(64 * 1024 + 1, ' ');
      expect(parse(await call({ ...world.end(kind, format), body }))).toMatchObject(
        format === 'aws' ? { message: 'The body is larger than 64 KiB.' } : { status: 413 },
      );
    });

    it.each(['', 'x', '[]', 'null', '{"taskToken":null}', '{"taskToken":""}', `{"taskToken":"${'x'.repeat(1_025)}"}`])(
      'is refused: %j',
      async (body) => {
        const { world, answer } = await send(kind, format, body);
        expect(parse(answer)).toMatchObject(
          format === 'aws' ? { __type: 'com.amazon.coral.validate#ValidationException' } : { code: 'MalformedRequest' },
        );
        expect(world.swf.calls).toEqual([]);
      },
    );
  },
);

it('whatever text an end has, SWF gets the same or nothing', async () => {
  const text = fc.oneof(fc.string({ unit: ANY_CHARACTER }), fc.jsonValue());
  const members = fc.record({ result: text, reason: text, details: text }, { requiredKeys: [] });
  const property = fc.asyncProperty(
    fc.constantFrom(...KINDS),
    fc.constantFrom(...FORMATS),
    members,
    async (kind, format, given) => {
      const { world, answer } = await send(kind, format, toBody(given));
      const kept = Object.fromEntries(Object.entries(world.sent[0] ?? {}).filter(([name]) => name !== 'taskToken'));
      expect(given).toMatchObject(kept);
      expect(answer.statusCode).toBe(world.sent.length === 1 ? 200 : 400);
    },
  );
  await fc.assert(property, { numRuns: 200 });
});
