import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { ENDS, EndWorld, type Format, FORMATS, IN_SWF_WORDS, type Kind, KINDS, PAYLOADS, toSaid } from './end-world.ts';

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

it('no answer claims more than SWF did, and SWF is never asked to end a task again that it is known to have ended', async () => {
  const property = fc.asyncProperty(
    fc.scheduler(),
    rounds,
    fc.infiniteStream(fault),
    async (scheduler, schedule, faults) => {
      const world = new EndWorld();
      world.toFault = async (step) => {
        await scheduler.schedule(Promise.resolve(), step);
        return faults.next().value;
      };
      const containers = [0, 1, 2].map(() => world.startContainer());
      for (const requests of schedule) {
        const isKnown = await isStored(world);
        const endCalls = countEnds(world.swf.calls);
        const playing = Promise.all(requests.map(async (given) => play(world, containers[given.container], given)));
        await scheduler.waitFor(playing);
        if (isKnown) expect(countEnds(world.swf.calls)).toBe(endCalls);
      }
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

async function isStored(world: EndWorld): Promise<boolean> {
  const toFault = world.toFault;
  world.toFault = async () => 'none';
  const said = toSaid(await world.startContainer()(world.look(world.taskId)));
  world.toFault = toFault;
  return 'outcome' in said;
}

const countEnds = (calls: readonly string[]): number => calls.filter((call) => call !== 'heartbeat').length;

async function play(
  world: EndWorld,
  call: ReturnType<EndWorld['startContainer']> | undefined,
  given: Request,
): Promise<void> {
  const { what, format } = given;
  if (what === 'timeout') return world.swf.timeOut();
  if (what === 'cancel request') {
    world.swf.isCancelRequested = true;
    return;
  }
  if (call === undefined) throw new Error('there is no such container');
  const payload = what === 'heartbeat' ? {} : toPayload(what, given.payload);
  const said = toSaid(await call(what === 'heartbeat' ? world.heartbeat(format) : world.end(what, format, payload)));
  if (what !== 'heartbeat') check(world, what, payload, said);
  if ('outcome' in said) expect(toOutcome(world)).toBe(said['outcome']);
}

function check(
  { swf: { ended } }: EndWorld,
  kind: Kind,
  payload: object,
  said: Readonly<Record<string, unknown>>,
): void {
  const isOurs = ended?.kind === kind && ended.payload === toSent(kind, payload);
  const isSuccess = said['status'] === 200;
  if (isSuccess) expect({ said, isOurs }).toEqual({ said, isOurs: true });
  // An AWS client gets SWF's words, which do not say how the task ended.
  const isRefusal = said['code'] === 'TaskNotOpen' && said['unansweredAttempt'] !== true;
  if (isRefusal) expect({ said, isOurs }).toEqual({ said, isOurs: false });
  if ('__type' in said && said['status'] !== 200)
    expect([IN_SWF_WORDS.__type, 'com.amazon.coral.availability#ThrottlingException']).toContain(said['__type']);
  if (said['__type'] === IN_SWF_WORDS.__type || said['status'] === 410) expect(ended).toBeDefined();
}

/** What SWF gets of a payload. */
function toSent(kind: Kind, payload: object): string {
  const names = { complete: ['result'], fail: ['reason', 'details'], cancel: ['details'] }[kind];
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, Reflect.get(payload, name)])));
}

function toOutcome({ swf: { ended } }: EndWorld): string | undefined {
  return ended === undefined || ended.kind === 'timeout' ? undefined : ENDS[ended.kind].outcome;
}
