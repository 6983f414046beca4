import { writeFileSync } from 'node:fs';

import { expect } from 'vitest';

import { ended, recorded, reset } from '../relay/replies.ts';
import { inTurn, type Script } from '../relay/scripted-relay.ts';
import { IN_SCENE } from '../scene.ts';
import { COMMANDS, type Situation } from '../situation.ts';
import { until } from '../../e2e/until.ts';

const RECORDED = 'heartbeat: recorded';

const ends: Script = ({ path }) => (path.endsWith('/heartbeats') ? recorded() : ended('completed'));

/** Prints to standard output, although no variable is set, and does nothing else. */
const prints = (option: string, expected: RegExp): Situation => ({
  name: `answers ${option} without any variable`,
  timeoutSeconds: 30,
  relay: inTurn(recorded()),
  options: [option],
  work: 'saw work',
  variables: () => ({
    HEARTBEAT_RELAY_URL: undefined,
    HEARTBEAT_DOMAIN: undefined,
    HEARTBEAT_KEY_FILE: undefined,
    TASK_TOKEN: undefined,
    HEARTBEAT_TIMEOUT_SECONDS: undefined,
  }),
  exitCode: 0,
  prints: [],
  saw: [],
  afterwards: ({ stdout, relay }) => {
    expect(stdout).toMatch(expected);
    expect(relay.received).toEqual([]);
  },
  isExpensive: true,
});

const detailsOf = (received: readonly { readonly body: Readonly<Record<string, unknown>> }[]): readonly unknown[] =>
  received.map(({ body }) => body['details']);

/** What options change. */
export const OPTIONS: readonly Situation[] = [
  prints('--help', /^Usage: .*--grace.*HEARTBEAT_RELAY_URL.*90 canceled/s),
  prints('-h', /^Usage: /),
  prints('--version', /^\d+\.\d+\.\d+\n$/),
  {
    name: 'sends what is in its details file, as it is then',
    timeoutSeconds: 9,
    relay: inTurn(recorded()),
    options: ['--details-file', `${IN_SCENE}/details`],
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      const sends = async (details: string | undefined) =>
        until(`"${details}"`, () => detailsOf(scene.relay.received).at(-1) === details || undefined);
      await scene.received(1);
      writeFileSync(scene.path('details'), '\uFEFF42 % – fünf\n');
      await sends('42 % – fünf');
      writeFileSync(scene.path('details'), `${'x'.repeat(2_047)}😀😀`);
      await sends('x'.repeat(2_047));
      writeFileSync(scene.path('details'), '"quoted"\\\n\ttwo lines\n');
      await sends('"quoted"\\\n\ttwo lines');
      writeFileSync(scene.path('details'), '\n');
      await sends(undefined);
      scene.go();
    },
    exitCode: 0,
    prints: [RECORDED],
    afterwards: ({ relay }) => expect(relay.received[0]?.body).not.toHaveProperty('details'),
    isExpensive: true,
  },
  {
    name: 'sends the newest line that its work writes to the descriptor for details',
    timeoutSeconds: 9,
    relay: inTurn(recorded()),
    options: ['--details-fd', '4'],
    work: 'echo "1 %" >&4; wait_for_go; printf "50 %%\\n99 %%\\n100" >&4; exec 4>&-; wait_for_go; exit 3',
    meanwhile: async (scene) => {
      await until('"1 %"', () => detailsOf(scene.relay.received).includes('1 %') || undefined);
      scene.go();
      await until('"99 %"', () => detailsOf(scene.relay.received).includes('99 %') || undefined);
      scene.go();
    },
    exitCode: 3,
    prints: [RECORDED],
    only: ['node-command'],
    isExpensive: true,
  },
  {
    name: 'prints nothing but what ends the work with --quiet',
    timeoutSeconds: 6,
    relay: inTurn(recorded(), reset),
    options: ['--quiet'],
    exitCode: 92,
    prints: ['heartbeat: nothing recorded for 6 s: work stopped'],
    isExpensive: true,
  },
  {
    name: 'prints nothing about a good report with --quiet',
    timeoutSeconds: 30,
    relay: ends,
    options: ['--quiet', '--report'],
    work: 'exit 0',
    exitCode: 0,
    prints: [],
    isExpensive: true,
  },
  {
    name: 'prints JSON lines with --log json',
    timeoutSeconds: 30,
    relay: ends,
    options: ['--log=json', '--report'],
    work: 'wait_for_go',
    meanwhile: async (scene) => {
      await until('a line', () => scene.lines.length > 0 || undefined);
      scene.go();
    },
    exitCode: 0,
    afterwards: ({ lines }) => {
      const time: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
        { time, event: 'recorded', message: 'recorded' },
        { time, event: 'reported', message: 'reported: completed' },
      ]);
    },
    only: COMMANDS,
    isExpensive: true,
  },
];
