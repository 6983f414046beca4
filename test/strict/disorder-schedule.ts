import * as fc from 'fast-check';

/** What becomes of one write on its way, in milliseconds after it was sent. */
export interface Passage {
  /** When the table acts on it: never where its attempts are lost, twice where the SDK tried again. */
  readonly appliedAfter: readonly number[];
  /** When the container hears of the last one; undefined where it hears of none, and gives up. */
  readonly heardAfter: number | undefined;
  readonly givenUpAfter: number;
}

/** A heartbeat that SWF answers. */
export interface Heartbeat {
  readonly container: number;
  readonly startedAt: number;
  /** SWF answers so long after the start, and the answer arrives so long after that. */
  readonly answeredAfter: number;
  readonly arrivesAfter: number;
  /** Of the first write and, where it takes one, the second. */
  readonly passages: readonly [Passage, Passage];
}

/** One task's life at SWF, its heartbeats through two containers, and what befalls their writes. */
export interface Schedule {
  /** From when on SWF says `cancelRequested: true`; undefined for never. */
  readonly canceledAt: number | undefined;
  /** SWF seems to have lost the task for a while, then knows it again. */
  readonly lost: { readonly from: number; readonly to: number } | undefined;
  /** From when on SWF says that the task is closed. */
  readonly closedAt: number | undefined;
  readonly heartbeats: readonly Heartbeat[];
  /** Containers that give way to new ones, which remember nothing. */
  readonly replaced: readonly { readonly container: number; readonly at: number }[];
  /** How far the second container's clock is ahead. */
  readonly aheadMs: number;
  /** Which container hears the last heartbeat, after all is over. */
  readonly lastContainer: number;
}

/** Within a few milliseconds, so that much collides, or half a minute and more later, so that marks get stale. */
const moment = fc
  .tuple(fc.constantFrom(0, 0, 0, 0, 0, 0, 31_000, 62_000, 93_000), fc.nat({ max: 12 }))
  .map(([spell, milliseconds]) => spell + milliseconds);
const someMs = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom(500, 31_000) },
);
const container = fc.nat({ max: 1 });
const perhaps = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

const heard = fc.record({
  appliedAfter: fc.oneof(
    { weight: 5, arbitrary: fc.tuple(someMs) },
    { weight: 1, arbitrary: fc.tuple(someMs, someMs).map(([first, more]) => [first, first + more]) },
  ),
  heardAfter: someMs,
  givenUpAfter: fc.constant(0),
});
const unheard = fc.record({
  appliedAfter: fc.oneof(fc.constant<number[]>([]), fc.tuple(someMs)),
  heardAfter: fc.constant(undefined),
  givenUpAfter: someMs,
});
export const passage: fc.Arbitrary<Passage> = fc.oneof(
  { weight: 3, arbitrary: heard },
  { weight: 1, arbitrary: unheard },
);

const heartbeat: fc.Arbitrary<Heartbeat> = fc.record({
  container,
  startedAt: moment,
  answeredAfter: fc.nat({ max: 3 }),
  arrivesAfter: fc.nat({ max: 15 }),
  passages: fc.tuple(passage, passage),
});

/** Only what SWF can do: a cancel request stands, and a closed task stays closed, but for a spell of its own making. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  canceledAt: perhaps(moment),
  lost: perhaps(fc.tuple(moment, someMs).map(([from, lasting]) => ({ from, to: from + lasting }))),
  closedAt: perhaps(moment),
  heartbeats: fc.array(heartbeat, { minLength: 2, maxLength: 7 }),
  replaced: fc.array(fc.record({ container, at: moment }), { maxLength: 2 }),
  aheadMs: fc.constantFrom(0, 0, 2, -2),
  lastContainer: container,
});

export type SwfAnswer = 'closed' | { readonly cancelRequested: boolean };

export function answerOfSwf({ canceledAt = Infinity, lost, closedAt = Infinity }: Schedule, at: number): SwfAnswer {
  const isLost = lost !== undefined && lost.from <= at && at < lost.to;
  return isLost || closedAt <= at ? 'closed' : { cancelRequested: canceledAt <= at };
}
