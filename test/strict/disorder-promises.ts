import { expect } from 'vitest';

import type { Applied, Story } from './disorder-play.ts';
import { answerOfSwf, type Schedule } from './disorder-schedule.ts';

/** What must be true of every story, whatever the schedule. Each throws where it is not. */
export const PROMISES: readonly {
  readonly name: string;
  readonly assert: (story: Story, schedule: Schedule) => void;
}[] = [
  { name: 'once true is stored, the row never says false again', assert: assertTrueStands },
  { name: 'true counts as stored only while the row says it, and always once a write was heard', assert: assertStored },
  { name: 'closed makes no row', assert: assertClosedMakesNoRow },
  {
    name: 'a heartbeat that began after the close opens the row, an earlier one does not',
    assert: assertOpenedByLaterHeartbeats,
  },
  { name: 'observedAt never goes back, nor ahead of what SWF said', assert: assertObservedAt },
  { name: 'a heartbeat whose write met a row that says true is told true', assert: assertToldWhatWasMet },
  { name: 'an hour later, one heartbeat through any container makes the row say what SWF says', assert: assertHealed },
];

/** As `expect` says it, which takes too long where it is true a million times. */
function expectSame(actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) expect(actual).toBe(expected);
}

function assertTrueStands({ applied }: Story): void {
  for (const { before, after } of applied) {
    if (before?.cancelRequested === true) expectSame(after?.cancelRequested, true);
  }
}

function assertStored({ told }: Story): void {
  for (const { observation, isCancelStored, row } of told) {
    if (isCancelStored === true) expectSame(row?.cancelRequested, true);
    const isHeardCancel =
      observation.kind === 'accepted' && observation.cancelRequested && isCancelStored !== undefined;
    if (isHeardCancel) expectSame(isCancelStored, true);
  }
}

function assertClosedMakesNoRow({ applied }: Story): void {
  for (const { observation, before, after } of applied) {
    if (observation.kind === 'closed' && before === undefined) expectSame(after, undefined);
  }
}

function assertOpenedByLaterHeartbeats({ applied }: Story): void {
  for (const { observation, before, after } of applied) {
    if (observation.kind === 'closed' || before?.closedAt === undefined) continue;
    expectSame(after?.state, observation.startedAtMs > before.closedAt ? 'open' : 'closed');
  }
}

function assertObservedAt({ applied }: Story): void {
  let newest = 0;
  for (const { observation, before, after } of applied) {
    newest = Math.max(newest, observation.observedAtMs);
    const { observedAt = newest } = after ?? {};
    const isWithin = observedAt >= (before?.observedAt ?? 0) && observedAt <= newest;
    expectSame(isWithin, true);
  }
}

function assertToldWhatWasMet({ told }: Story): void {
  for (const { observation, isCancelStored, seen } of told) {
    if (observation.kind === 'closed' || isCancelStored === undefined || seen === undefined) continue;
    expectSame(isCancelStored, seen.cancelRequested);
  }
}

function assertHealed({ row }: Story, schedule: Schedule): void {
  const answer = answerOfSwf(schedule, Number.MAX_SAFE_INTEGER);
  if (row === undefined && answer === 'closed') return;
  expectSame(row?.state, answer === 'closed' ? 'closed' : 'open');
  if (answer !== 'closed') expectSame(row?.cancelRequested, answer.cancelRequested);
}

const anyApplied = (isMet: (applied: Applied) => boolean) => (story: Story) => story.applied.some(isMet);
const isRefused = ({ before, after }: Applied): boolean => before === after;
const isFalseAfterTrue = ({ observation, before }: Applied): boolean =>
  observation.kind === 'accepted' && !observation.cancelRequested && before?.cancelRequested === true;
const isAnsweredAfterClose = ({ observation, before }: Applied): boolean =>
  observation.kind === 'accepted' && before?.closedAt !== undefined && observation.observedAtMs > before.closedAt;

/** What the stories must hold, or the promises would be tried on nothing. */
export const SITUATIONS: readonly { readonly name: string; readonly isMet: (story: Story) => boolean }[] = [
  {
    name: 'a cancel request that came too late for its first write',
    isMet: anyApplied(
      ({ before, after }) =>
        before?.cancelRequested === false && after?.cancelRequested === true && after.observedAt === before.observedAt,
    ),
  },
  {
    name: 'a false that was stored after true',
    isMet: anyApplied((applied) => isFalseAfterTrue(applied) && !isRefused(applied)),
  },
  {
    name: 'a false that was refused after true',
    isMet: anyApplied((applied) => isFalseAfterTrue(applied) && isRefused(applied)),
  },
  { name: 'a close of no row', isMet: anyApplied(({ observation, after }) => observation.kind === 'closed' && !after) },
  {
    name: 'a close that was refused by a newer row',
    isMet: anyApplied((applied) => applied.observation.kind === 'closed' && !!applied.before && isRefused(applied)),
  },
  {
    name: 'a row that was opened again',
    isMet: anyApplied(({ before, after }) => before?.state === 'closed' && after?.state === 'open'),
  },
  {
    name: 'a row that stayed closed to an older heartbeat which was answered later',
    isMet: anyApplied((applied) => isRefused(applied) && isAnsweredAfterClose(applied)),
  },
  { name: 'a write that failed', isMet: ({ told }) => told.some(({ isCancelStored }) => isCancelStored === undefined) },
  {
    name: 'a heartbeat that was not worth a write',
    isMet: ({ told }) => told.some(({ isCancelStored, seen }) => isCancelStored !== undefined && seen === undefined),
  },
];

/** Few stories hold them, perhaps none. Those that do are tried on a real table, too: there `<` differs from `<=`. */
export const EDGES: typeof SITUATIONS = [
  {
    name: 'a row that stayed closed to a heartbeat which began at the very time of the close',
    isMet: anyApplied(
      ({ observation, before, after }) =>
        observation.kind === 'accepted' &&
        before?.closedAt === observation.startedAtMs &&
        before.observedAt <= observation.observedAtMs &&
        after?.observedAt !== observation.observedAtMs,
    ),
  },
  {
    name: 'an observation that was stored although it is as old as the row',
    isMet: anyApplied(
      (applied) => !isRefused(applied) && applied.before?.observedAt === applied.observation.observedAtMs,
    ),
  },
];
