import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

import { aFolder, aLifeline, functionSettings, holdLifeline } from './bundle.ts';

const HOST = fileURLToPath(new URL('../../../local/function-host/host.ts', import.meta.url));

interface Parent {
  readonly process: ChildProcess;
  readonly errors: () => string;
  readonly exited: Promise<number | null>;
}

/** Starts a process in its own process group. It creates a host with one container of a bundle, then runs `then`. */
function aParent(code: string, then: string): Parent {
  const folder = aFolder({ 'code/index.mjs': code });
  const settings = JSON.stringify(functionSettings(`${folder}/code`));
  const program = `
    import { FunctionHost } from ${JSON.stringify(HOST)};
    const options = { maxContainers: 1, queueMs: 0, localEnvironment: {}, onLogLine: (line) => console.error(line) };
    const host = new FunctionHost(${settings}, options);
    ${then}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('close', resolve);
  return { process: child, errors: () => errors, exited: promise };
}

it('a container ends by itself when its host is killed', async () => {
  const lifeline = await aLifeline();
  const parent = aParent(
    `${holdLifeline(lifeline.port)} export const handler = () => new Promise(() => {});`,
    'await host.invoke({});',
  );
  await lifeline.connected;
  parent.process.kill('SIGKILL');
  await lifeline.gone;
  await parent.exited;
  expect(parent.errors()).toBe('');
});

it('Ctrl-C also reaches the containers, but only the host ends them', async () => {
  const lifeline = await aLifeline();
  const parent = aParent(
    `${holdLifeline(lifeline.port)} export const handler = () => 1;`,
    `process.once('SIGINT', async () => {
      const outcome = await host.invoke({});
      await host.close();
      process.exitCode = outcome.kind === 'answered' ? 7 : 1;
    });
    await host.warm(1);
    setInterval(() => {}, 1000).unref();`,
  );
  await lifeline.connected;
  if (parent.process.pid === undefined) throw new Error('the parent did not start');
  process.kill(-parent.process.pid, 'SIGINT');
  await lifeline.gone;
  expect(await parent.exited).toBe(7);
  expect(parent.errors()).toBe('');
});

it('a closed host lets its process end', async () => {
  const parent = aParent(
    'export const handler = () => 1;',
    'await host.invoke({}); await host.close(); process.exitCode = 7;',
  );
  expect(await parent.exited).toBe(7);
  expect(parent.errors()).toBe('');
});
