import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';

import { loopNow } from '../../loop-time.ts';
import { aHost } from './bundle.ts';
import type { TestHost } from './bundle.ts';

/** Returns the process id and how often the process has answered. */
const COUNTING = `
let calls = 0;
export const handler = async () => ({ pid: process.pid, calls: ++calls });`;

/** Logs that it began, then waits until a file with the event's name appears in its folder. */
const HELD = `
import { existsSync, watch } from 'node:fs';
export const handler = async ({ name }) => {
  const { promise, resolve } = Promise.withResolvers();
  const watcher = watch('.', () => existsSync(name) && resolve());
  console.log('began ' + name);
  if (!existsSync(name)) await promise;
  watcher.close();
  return { name, pid: process.pid };
};`;

/** Does not start before a file `open` appears in its folder. Returns the process id. */
const GATED = `
import { existsSync, watch } from 'node:fs';
const { promise, resolve } = Promise.withResolvers();
const watcher = watch('.', () => existsSync('open') && resolve());
console.log('starts');
if (!existsSync('open')) await promise;
watcher.close();
export const handler = async () => process.pid;`;

const release = ({ codeDir }: TestHost, name: string): void => writeFileSync(join(codeDir, name), '');

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 60_000, interval: 5 });

describe.concurrent('containers', () => {
  it('start for each concurrent invocation up to the maximum, and other invocations queue', async ({
    onTestFinished: atEnd,
  }) => {
    const held = aHost(HELD, { atEnd });
    const { host, lines } = held;
    const [a, b, c] = ['a', 'b', 'c'].map((name) => host.invoke({ name }));
    await until(() => expect(lines.toSorted()).toEqual(['began a', 'began b']));
    expect(host.containerCount).toBe(2);
    for (const name of ['a', 'b', 'c']) release(held, name);
    expect(await Promise.all([a, b, c])).toMatchObject([
      { result: { name: 'a' } },
      { result: { name: 'b' } },
      { result: { name: 'c' } },
    ]);
    expect(host.containerCount).toBe(2);
  });

  it('throttle an invocation that waits too long', async ({ onTestFinished: atEnd }) => {
    const held = aHost(HELD, { maxContainers: 1, queueMs: 20, atEnd });
    const first = held.host.invoke({ name: 'a' });
    expect(await held.host.invoke({ name: 'b' })).toEqual({ kind: 'throttled' });
    release(held, 'a');
    expect(await first).toMatchObject({ kind: 'answered' });
    expect(await held.host.invoke({ name: 'a' })).toEqual(await first);
  });

  it('take one invocation each if idle', async ({ onTestFinished: atEnd }) => {
    const held = aHost(HELD, { atEnd });
    const { host, lines } = held;
    await host.warm(2);
    const both = Promise.all([host.invoke({ name: 'a' }), host.invoke({ name: 'b' })]);
    await until(() => expect(lines.toSorted()).toEqual(['began a', 'began b']));
    for (const name of ['a', 'b']) release(held, name);
    const pids = (await both).map((outcome) => JSON.stringify(outcome).replace(/.*"pid":/, ''));
    expect(new Set(pids).size).toBe(2);
  });

  it('make room for a waiting invocation when they crash', async ({ onTestFinished: atEnd }) => {
    const { host } = aHost('export const handler = async ({ die }) => { if (die) process.exit(1); return 1; };', {
      maxContainers: 1,
      atEnd,
    });
    const outcomes = await Promise.all([host.invoke({ die: true }), host.invoke({})]);
    expect(outcomes).toEqual([
      { kind: 'failed', errorType: 'Runtime.ExitError' },
      { kind: 'answered', result: 1 },
    ]);
  });

  it('are not reused if they exit between invocations', async ({ onTestFinished: atEnd }) => {
    const { host, lines } = aHost(
      `
      process.on('exit', () => console.log('gone'));
      export const handler = async () => { setImmediate(() => setImmediate(() => process.exit(0))); return process.pid; };`,
      { atEnd },
    );
    const first = await host.invoke({});
    await until(() => expect(lines).toEqual(['gone']));
    await until(() => expect(host.containerCount).toBe(0));
    const second = await host.invoke({});
    expect(second).toMatchObject({ kind: 'answered' });
    expect(second).not.toEqual(first);
  });

  it('start ahead of invocations with warm, up to the maximum', async ({ onTestFinished: atEnd }) => {
    const { host, lines } = aHost(`console.log('init'); ${COUNTING}`, { atEnd });
    await host.warm(9);
    expect(host.containerCount).toBe(2);
    await until(() => expect(lines).toEqual(['init', 'init']));
    await host.warm(1);
    expect(await host.invoke({})).toMatchObject({ result: { calls: 1 } });
    expect(host.containerCount).toBe(2);
  });

  it('are replaced at once if idle', async ({ onTestFinished: atEnd }) => {
    const { host } = aHost(COUNTING, { atEnd });
    const first = await host.invoke({});
    await host.replaceContainers();
    expect(host.containerCount).toBe(0);
    const second = await host.invoke({});
    expect(second).toMatchObject({ result: { calls: 1 } });
    expect(second).not.toEqual(first);
  });

  it('are replaced after their invocation if busy, and do not count towards the maximum until then', async ({
    onTestFinished: atEnd,
  }) => {
    const held = aHost(HELD, { maxContainers: 1, atEnd });
    const { host, lines } = held;
    const old = host.invoke({ name: 'a' });
    await until(() => expect(lines).toEqual(['began a']));
    const waiting = host.invoke({ name: 'b' });
    const replaced = host.replaceContainers();
    await until(() => expect(lines).toEqual(['began a', 'began b']));
    release(held, 'a');
    release(held, 'b');
    expect(await old).toMatchObject({ result: { name: 'a' } });
    expect(await waiting).toMatchObject({ result: { name: 'b' } });
    await replaced;
    expect(host.containerCount).toBe(1);
  });

  it('serve until those that replace them have started', async ({ onTestFinished: atEnd }) => {
    const held = aHost(GATED, { atEnd });
    const { host, lines, codeDir } = held;
    release(held, 'open');
    const before = await host.invoke({});
    rmSync(join(codeDir, 'open'));
    const replaced = host.replaceContainers(1);
    await until(() => expect(lines).toEqual(['starts', 'starts']));
    expect(await host.invoke({})).toEqual(before);
    release(held, 'open');
    await replaced;
    expect(host.containerCount).toBe(1);
    expect(await host.invoke({})).not.toEqual(before);
  });
});

describe.concurrent('close', () => {
  it('ends running invocations, throttles waiting ones, and accepts no more', async ({ onTestFinished: atEnd }) => {
    const { host, lines } = aHost(HELD, { maxContainers: 1, atEnd });
    const running = host.invoke({ name: 'a' });
    await until(() => expect(lines).toEqual(['began a']));
    const waiting = host.invoke({ name: 'b' });
    await host.close();
    expect(await running).toEqual({ kind: 'failed', errorType: 'Runtime.ExitError' });
    expect(await waiting).toEqual({ kind: 'throttled' });
    expect(await host.invoke({})).toEqual({ kind: 'throttled' });
    await host.warm(1);
    expect(host.containerCount).toBe(0);
  });

  it('takes less than 2 s with code that ignores SIGTERM', async ({ onTestFinished: atEnd }) => {
    const { host } = aHost(`process.on('SIGTERM', () => {}); ${COUNTING}`, { atEnd });
    await host.invoke({});
    const startedAt = loopNow();
    await host.close();
    expect(loopNow() - startedAt).toBeLessThan(2_000);
  });

  it('does not wait for a process that the code left behind', async ({ onTestFinished: atEnd }) => {
    const { host } = aHost(
      `
      import { spawn } from 'node:child_process';
      export const handler = async () => { spawn('/bin/sleep', ['3'], { stdio: 'inherit' }); };`,
      { atEnd },
    );
    await host.invoke({});
    const startedAt = loopNow();
    await host.close();
    expect(loopNow() - startedAt).toBeLessThan(2_000);
  });
});
