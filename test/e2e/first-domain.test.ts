import { expect, it, vi } from 'vitest';

import { runProgram } from '../cli/fake-terminal.ts';
import { toVariables } from '../lib/synthesis.ts';
import { startStack } from './a-stack.ts';

it('npm start --domains: the default domain is the first one named, although JavaScript would put a number first', async () => {
  for (const [name, value] of Object.entries(toVariables('unvalidated'))) vi.stubEnv(name, value);
  const a = await startStack({ domains: 'orders,7' }).finally(() => vi.unstubAllEnvs());
  try {
    expect(a.connection.domain).toBe('orders');
    const { stdout } = await runProgram(['task', 'start', '--output', 'env', '--state', a.statePath]);
    expect(stdout).toContain('\nHEARTBEAT_DOMAIN=orders\n');
    expect(await a.worker.heartbeat('orders', a.connection.task.taskToken)).toMatchObject({ status: 200 });
  } finally {
    await a.close();
  }
});
