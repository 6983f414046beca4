import { AFolder } from './a-folder.ts';
import { AProcess } from './a-process.ts';
import { startProxy } from './a-proxy.ts';
import type { AStack } from './a-stack.ts';
import { writeState } from './verify-command.ts';

/** Runs a command in a process of its own, and kills it after AWS has answered so many of its calls. */
export async function runAndKill(
  a: Pick<AStack, 'stack' | 'connection'>,
  args: readonly string[],
  afterCalls: number,
): Promise<'killed' | 'ended'> {
  using folder = new AFolder();
  const state = folder.state();
  let calls = 0;
  let isKilled = false;
  const started: AProcess[] = [];
  const proxy = await startProxy(a.stack.awsUrl, {
    toAnswerBody: (body) => {
      calls += 1;
      const [program] = started;
      if (calls === afterCalls && program !== undefined) {
        isKilled = true;
        process.kill(program.pid, 'SIGKILL');
      }
      return body;
    },
  });
  writeState(state, { ...a.connection, awsUrl: proxy.url });
  const command = ['cli/heartbeat-relay.mjs', 'keys', ...args, '--local', '--state', state];
  started.push(new AProcess(process.execPath, command));
  await started[0]?.ended;
  await proxy.close();
  return isKilled ? 'killed' : 'ended';
}
