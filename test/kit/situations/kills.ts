import { expect } from 'vitest';

import { commandsOf } from '../processes.ts';
import { cancelRequested, hang, problem, recorded } from '../relay/replies.ts';
import { inTurn, type Script } from '../relay/scripted-relay.ts';
import type { Scene } from '../scene.ts';
import { COMMANDS, type Situation } from '../situation.ts';
import { until } from '../../e2e/until.ts';

const TIMEOUT_SECONDS = 6;

interface Step {
  readonly step: string;
  readonly relay: Script;
  readonly reached: (scene: Scene) => Promise<void>;
  readonly more?: Partial<Situation>;
}

/** Nobody sends a heartbeat any more, so SWF gives the task away. Only the work may be left: the page says so. */
const killed = ({ step, relay, reached, more }: Step): Situation => ({
  name: `killed ${step}, sends nothing more and leaves only its work behind`,
  timeoutSeconds: TIMEOUT_SECONDS,
  relay,
  work: 'saw ready; exec sleep 3600',
  meanwhile: async (scene) => {
    await scene.hasSeen('ready');
    await reached(scene);
    scene.signal('SIGKILL');
    await scene.ended();
    await until('the end of all but the work', () =>
      commandsOf(scene.livingProcesses()).every(isWork) ? true : undefined,
    );
    const before = scene.relay.received.length;
    const killedAtMs = performance.now();
    await until('the end of T', () => (performance.now() - killedAtMs > TIMEOUT_SECONDS * 1_000 ? true : undefined));
    // One may have been on its way.
    expect(scene.relay.received.length).toBeLessThanOrEqual(before + 1);
  },
  exitCode: null,
  leavesWork: true,
  isExpensive: true,
  ...more,
});

const isWork = (command: string): boolean => /^sleep 3600 ?$|^sh -c saw\(\)/.test(command);

const reports: Script = ({ path }) => (path.endsWith('/heartbeats') ? recorded() : hang);

/** `kill -9` of the worker. */
export const KILLS: readonly Situation[] = [
  killed({ step: 'before its first answer', relay: inTurn(hang), reached: async (scene) => scene.received(1) }),
  killed({
    step: 'between two heartbeats',
    relay: inTurn(recorded()),
    reached: async (scene) => scene.prints('heartbeat: recorded'),
  }),
  killed({
    step: 'while it waits for an answer',
    relay: inTurn(recorded(), hang),
    reached: async (scene) => scene.received(2),
  }),
  killed({
    step: 'after a failure',
    relay: inTurn(recorded(), problem(503, 'SwfUnavailable', 2)),
    reached: async (scene) => scene.prints('heartbeat: not recorded'),
  }),
  killed({
    step: 'while canceled work cleans up',
    relay: inTurn(recorded(), cancelRequested()),
    reached: async (scene) => scene.hasSeen('TERM'),
    more: { work: "trap 'saw TERM; exec sleep 3600' TERM; saw ready; sleep 3600 & wait" },
  }),
  killed({
    step: 'while it reports',
    relay: reports,
    reached: async (scene) =>
      void (await until(
        'the report',
        () => scene.relay.received.some(({ path }) => path.endsWith('/completions')) || undefined,
      )),
    more: { work: 'saw ready', options: ['--report'], only: COMMANDS },
  }),
];
