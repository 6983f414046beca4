import { expect } from 'vitest';

import { cancelRequested, closed, ended, problem, recorded, type Reply, reset } from '../relay/replies.ts';
import { IN_SCENE, TASK_TOKEN } from '../scene.ts';
import type { ScriptWith } from '../servers.ts';
import { COMMANDS, type Situation } from '../situation.ts';
import { LEFT_BEHIND } from './endings.ts';

/** Heartbeats get the one reply, and ends the others in turn; the last one is for all that follow. */
const reporting = (heartbeats: Reply, ...ends: readonly Reply[]): ScriptWith => ({
  scriptWith: () => {
    let count = 0;
    return ({ path }) => {
      if (path.endsWith('/heartbeats')) return heartbeats;
      count += 1;
      return ends[Math.min(count, ends.length) - 1] ?? reset;
    };
  },
});

interface Report {
  readonly options?: readonly string[];
  readonly only?: Situation['only'];
  readonly work: string;
  readonly relay: ScriptWith;
  readonly exitCode: number;
  /** Of every attempt. */
  readonly sends: Readonly<Record<string, string>>;
  readonly path: string;
  readonly attempts: number;
  readonly leavesWork?: boolean;
}

const report = (
  name: string,
  { work, relay, exitCode, sends, path, attempts, leavesWork = false, options = [], only = COMMANDS }: Report,
): Situation => ({
  name: `with --report ${name}`,
  timeoutSeconds: 30,
  relay,
  options: ['--report', '--grace', '5', ...options],
  only,
  work,
  exitCode,
  leavesWork,
  afterwards: (scene) => {
    const ends = scene.relay.received.filter((request) => !request.path.endsWith('/heartbeats'));
    const expected = { path: `/domains/orders/${path}`, body: { taskToken: TASK_TOKEN, ...sends } };
    expect(ends.map(({ path: sentTo, body }) => ({ path: sentTo, body }))).toEqual(
      Array.from({ length: attempts }, () => expected),
    );
  },
  isExpensive: true,
});

/** How a worker ends its task. */
export const REPORTS: readonly Situation[] = [
  report('completes the task', {
    work: 'exit 0',
    relay: reporting(recorded(), ended('completed')),
    exitCode: 0,
    sends: {},
    path: 'completions',
    attempts: 1,
  }),
  report('does not wait for what the work left behind', {
    work: `${LEFT_BEHIND} exit 0`,
    relay: reporting(recorded(), ended('completed')),
    exitCode: 0,
    sends: {},
    path: 'completions',
    attempts: 1,
    leavesWork: true,
  }),
  report('fails the task with the exit code as reason', {
    work: 'exit 7',
    relay: reporting(recorded(), ended('failed')),
    exitCode: 7,
    sends: { reason: 'exit code 7' },
    path: 'failures',
    attempts: 1,
  }),
  report('cancels the task', {
    work: 'exec sleep 3600',
    relay: reporting(cancelRequested(), ended('canceled')),
    exitCode: 90,
    sends: {},
    path: 'cancellations',
    attempts: 1,
  }),
  report('sends the same again after a lost answer', {
    work: 'exit 0',
    relay: reporting(recorded(), reset, problem(503, 'SwfUnavailable'), ended('completed')),
    exitCode: 0,
    sends: {},
    path: 'completions',
    attempts: 3,
  }),
  report('says so if the key may not end tasks', {
    work: 'exit 0',
    relay: reporting(recorded(), problem(403, 'DomainNotGranted')),
    exitCode: 93,
    sends: {},
    path: 'completions',
    attempts: 1,
  }),
  report('says so if the task was over', {
    work: 'exit 0',
    relay: reporting(recorded(), closed()),
    exitCode: 91,
    sends: {},
    path: 'completions',
    attempts: 1,
  }),
  report('sends the result that its work leaves in a file', {
    work: 'printf \'12 "pages"\\n\' >"${KIT_SEEN%/*}/result"',
    options: ['--result-file', `${IN_SCENE}/result`],
    relay: reporting(recorded(), ended('completed')),
    exitCode: 0,
    sends: { result: '12 "pages"\n' },
    path: 'completions',
    attempts: 1,
  }),
  report('fails the task with the last lines that its work printed', {
    work: 'echo out; echo one >&2; echo two >&2; echo three >&2; exit 4',
    options: ['--stderr-tail', '2'],
    relay: reporting(recorded(), reset, ended('failed')),
    exitCode: 4,
    sends: { reason: 'exit code 4', details: 'two\nthree' },
    path: 'failures',
    attempts: 2,
    only: ['node-command'],
  }),
  report('names the signal that ended the work', {
    work: 'kill -KILL $$',
    relay: reporting(recorded(), ended('failed')),
    exitCode: 137,
    sends: { reason: 'exit code 137' },
    path: 'failures',
    attempts: 1,
  }),
];
