import { expect } from 'vitest';

import { commandsOf, environmentOf } from '../processes.ts';
import { recorded } from '../relay/replies.ts';
import { inTurn } from '../relay/scripted-relay.ts';
import { KEY, type Scene, TASK_TOKEN } from '../scene.ts';
import type { Situation } from '../situation.ts';

const RECORDED = 'heartbeat: recorded';

/** The part after the dot. */
const SECRET = KEY.slice(KEY.indexOf('.') + 1);

/** As the kernel shows them to everybody on the machine, and to the same user. */
function assertHidden(scene: Scene): void {
  const commands = commandsOf(scene.livingProcesses());
  expect(commands.length).toBeGreaterThanOrEqual(2);
  const [workPid = ''] = scene.seen;
  const environment = environmentOf(Number(workPid));
  expect(environment).toContain('HEARTBEAT_DOMAIN=orders');
  for (const secret of [SECRET, TASK_TOKEN]) {
    expect(commands.join('\n')).not.toContain(secret);
    expect(environment).not.toContain(secret);
  }
  expect(environment).not.toMatch(/HEARTBEAT_KEY|TASK_TOKEN/);
}

const hides = (name: string, key: 'file' | 'variable', more: Partial<Situation> = {}): Situation => ({
  name,
  timeoutSeconds: 18,
  relay: inTurn(recorded()),
  variables: () => (key === 'file' ? {} : { HEARTBEAT_KEY: KEY, HEARTBEAT_KEY_FILE: undefined }),
  work: 'saw $$; wait_for_go',
  meanwhile: async (scene) => {
    await scene.prints(RECORDED);
    await scene.received(2);
    assertHidden(scene);
    scene.go();
  },
  exitCode: 0,
  prints: [RECORDED],
  // Of the programs that send requests, too: they run while the relay has not answered.
  afterwards: ({ commandLines }) => expect(commandLines.join('\n')).toContain('run'),
  isExpensive: true,
  ...more,
});

/** Who may see key and token. */
export const SECRETS: readonly Situation[] = [
  hides('shows neither a key from a file nor the token in arguments or to its work', 'file'),
  hides('shows neither a key from a variable nor the token in arguments or to its work', 'variable'),
];
