import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import {
  ENDS,
  EndWorld,
  type Format,
  FORMATS,
  UNKNOWN_RESOURCE,
  type Kind,
  KINDS,
  PAYLOADS,
  toSaid,
} from './end-world.ts';

interface Request {
  readonly what: Kind | 'heartbeat' | 'timeout' | 'cancel request';
  /** Which of two payloads. */
  readonly payload: 0 | 1;
  readonly format: Format;
  readonly container: number;
}

/** A payload is a different end, whatever the operation. */
const toPayload = (kind: Kind, payload: 0 | 1): object =>
  payload === 0 ? PAYLOADS[kind] : { ...PAYLOADS[kind], details: 'B', result: 'B' };

const request: fc.Arbitrary<Request> = fc.record({
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...KINDS) },
    fc.constantFrom('heartbeat', 'timeout', 'cancel request'),
  ),
  payload: fc.constantFrom(0, 1),
  format: fc.constantFrom(...FORMATS),
  container: fc.nat(2),
});

const fault = fc.oneof(
  { weight: 4, arbitrary: fc.constant('none' as const) },
  fc.constantFrom('before' as const, 'after' as const),
);

/** Each round's requests run at the same time, in the order that the scheduler chooses; then the next round begins. */
const rounds = fc.array(fc.array(request, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 });

type Said = ReturnType<typeof toSaid>;

/** What an answer claims that is not true; undefined if it is. */
function findLie({ swf: { ended } }: EndWorld, kind: Kind, payload: object, said: Said): string | undefined {
  const isOurs = ended?.kind === kind && ended.payload === toSent(kind, payload);
  if (said['status'] === 200) return isOurs ? undefined : 'a false success';
  const isThrottling = said['__type'] === 'com.amazon.coral.availability#ThrottlingException';
  if (isThrottling || said['status'] === 503) return undefined;
  if (ended === undefined) return 'the task is not closed';
  // An AWS client gets SWF's words, which do not say how the task ended.
  if (said['__type'] === UNKNOWN_RESOURCE) return undefined;
  if (said['status'] !== 410) return 'an unknown answer';
  if (isOurs && said['unansweredAttempt'] !== true) return 'a false refusal';
  return 'outcome' in said && said['outcome'] !== toOutcome(ended.kind) ? 'a false outcome' : undefined;
}

/** What SWF gets of a payload. */
function toSent(kind: Kind, payload: object): string {
  const names = { complete: ['result'], fail: ['reason', 'details'], cancel: ['details'] }[kind];
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, Reflect.get(payload, name)])));
}

const toOutcome = (kind: Kind | 'timeout'): string | undefined => (kind === 'timeout' ? undefined : ENDS[kind].outcome);

const countEnds = ({ swf: { calls } }: EndWorld): number => calls.filter((call) => call !== 'heartbeat').length;

/** Whether the row holds the outcome. */
async function isStored(world: EndWorld): Promise<boolean> {
  return 'outcome' in toSaid(await world.startContainer()(world.look(world.taskId)));
}

type Call = ReturnType<EndWorld['startContainer']>;

/** @returns what is wrong with the answer. */
async function play(
  world: EndWorld,
  call: Call,
  { what, format, payload: which }: Request,
): Promise<string | undefined> {
  if (what === 'timeout') world.swf.timeOut();
  else if (what === 'cancel request') world.swf.isCancelRequested = true;
  else if (what === 'heartbeat') await call(world.heartbeat(format));
  else {
    const payload = toPayload(what, which);
    const said = toSaid(await call(world.end(what, format, payload)));
    const lie = findLie(world, what, payload, said);
    return lie === undefined ? undefined : `${lie}: ${JSON.stringify({ said, ended: world.swf.ended })}`;
  }
  return undefined;
}

it('no answer claims more than SWF did, and SWF is never asked to end a task that is known to have ended', async () => {
  const faults = fc.array(fault, { minLength: 40, maxLength: 40 });
  const property = fc.asyncProperty(fc.scheduler(), rounds, faults, async (scheduler, schedule, list) => {
    const world = new EndWorld();
    let made = 0;
    world.toFault = async (step) => {
      await scheduler.schedule(Promise.resolve(), step);
      made += 1;
      return list[made % list.length] ?? 'none';
    };
    const containers = [0, 1, 2].map(() => world.startContainer());
    for (const requests of schedule) {
      const mostCalls = (await isStored(world)) ? countEnds(world) : Infinity;
      const playing = requests.map(async (given) =>
        play(world, containers[given.container] ?? world.startContainer(), given),
      );
      const wrong = await scheduler.waitFor(Promise.all(playing));
      expect(wrong.filter((text) => text !== undefined)).toEqual([]);
      expect(countEnds(world)).toBeLessThanOrEqual(mostCalls);
    }
  });
  await expect(fc.assert(property, { numRuns: 80 })).resolves.toBeUndefined();
});
