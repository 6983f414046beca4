import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { SwfFault } from '../../../../local/aws/swf/faults.ts';
import { Journal, JournalDamagedError } from '../../../../local/aws/swf/journal.ts';
import { emptyState } from '../../../../local/aws/swf/state.ts';
import { ClockedSwf, journalFile, START } from './moved-clock.ts';

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);
const fresh = () => emptyState('key');

describe('the journal of a LocalSwf', () => {
  let swf: ClockedSwf;
  beforeEach(async () => {
    swf = new ClockedSwf();
    await swf.prepare();
  });

  it('is accessible only to its owner', () => {
    expect(statSync(swf.file).mode & 0o777).toBe(0o600);
  });

  it('restores tasks, tokens and a cancel request', async () => {
    const taskToken = await swf.working({ heartbeatTimeout: '60' });
    await swf.call('SignalWorkflowExecution', { domain: 'orders', workflowId: 'w', signalName: 'stop' });
    const decision = await swf.poll('Decision');
    const requestCancelActivityTaskDecisionAttributes = { activityId: 'a' };
    const decisions = [{ decisionType: 'RequestCancelActivityTask', requestCancelActivityTaskDecisionAttributes }];
    await swf.call('RespondDecisionTaskCompleted', { taskToken: decision?.['taskToken'], decisions });
    swf.restart();
    expect(await swf.heartbeat(taskToken)).toEqual({ cancelRequested: true });
    swf.restart();
    await swf.call('RespondActivityTaskCanceled', { taskToken });
  });

  it('expires, when opened, the timeouts that became due while nothing ran', async () => {
    const taskToken = await swf.working({ heartbeatTimeout: '60' });
    swf.after(60);
    swf.restart();
    await expect(swf.heartbeat(taskToken)).rejects.toThrow('Unknown activity');
  });

  it('contains a command before SWF answers it, including a heartbeat', async () => {
    const taskToken = await swf.working();
    await swf.heartbeat(taskToken, 'before the kill');
    expect(linesOf(swf.file).at(-1)).toContain('before the kill');
  });

  it('contains no reads, refused commands or polls without a task', async () => {
    const taskToken = await swf.working();
    const before = linesOf(swf.file);
    await swf.call('DescribeDomain', { name: 'orders' });
    await swf.poll('Activity', { signal: AbortSignal.abort() });
    await expect(swf.start()).rejects.toBeInstanceOf(SwfFault);
    await expect(swf.heartbeat(`${taskToken}AAAA`)).rejects.toThrow('Invalid token');
    swf.swf.tick();
    expect(linesOf(swf.file)).toEqual(before);
  });

  it('contains one line for what became due, whichever request notices it', async () => {
    await swf.working({ heartbeatTimeout: '60' });
    const before = linesOf(swf.file);
    swf.after(60);
    await swf.call('DescribeDomain', { name: 'orders' });
    const added = linesOf(swf.file).slice(before.length);
    expect(added).toHaveLength(1);
    expect(JSON.parse(added[0] ?? '')).toMatchObject({ now: START + 60_000, command: { kind: 'tick' } });
  });

  it('is compacted to a single line when opened', async () => {
    await swf.working();
    expect(linesOf(swf.file).length).toBeGreaterThan(5);
    swf.restart();
    expect(linesOf(swf.file)).toHaveLength(1);
  });

  it('is compacted at run time when it exceeds its limit, and loses nothing', async () => {
    swf = new ClockedSwf({ journalLimitBytes: 20_000 });
    await swf.prepare();
    const taskToken = await swf.working();
    for (let index = 0; index < 100; index++) await swf.heartbeat(taskToken, 'd'.repeat(1000));
    expect(statSync(swf.file).size).toBeLessThan(40_000);
    expect(statSync(swf.file).mode & 0o777).toBe(0o600);
    swf.restart();
    expect(await swf.heartbeat(taskToken)).toEqual({ cancelRequested: false });
  });

  it('drops an incomplete last line, wherever it breaks off', async () => {
    const taskToken = await swf.working();
    const whole = readFileSync(swf.file);
    await swf.heartbeat(taskToken, 'torn');
    const longer = statSync(swf.file).size;
    for (let size = longer - 1; size > whole.length; size -= 7) {
      const copy = journalFile();
      writeFileSync(copy, readFileSync(swf.file));
      truncateSync(copy, size);
      const journal = new Journal(copy, 1e6, fresh);
      journal.close();
      expect(readFileSync(copy, 'utf8')).not.toContain('torn');
    }
  });
});

describe('a damaged journal', () => {
  it.each([
    { given: 'a line that is not JSON', damage: (text: string) => text.replace('"command"', 'command') },
    { given: 'a changed value', damage: (text: string) => text.replace('"now":7', '"now":8') },
    { given: 'a missing snapshot', damage: (text: string) => text.slice(text.indexOf('\n') + 1) },
    { given: 'no lines', damage: () => '' },
    { given: 'another format', damage: (text: string) => text.replace('local-swf/1', 'local-swf/0') },
    { given: 'a repeated line that SWF refuses', damage: (text: string) => `${text}${text.split('\n')[1]}\n` },
    { given: 'a snapshot in the middle', damage: (text: string) => `${text}${text.split('\n')[0]}\n` },
  ])('with $given is refused with its file name, and left unchanged', ({ damage }) => {
    const file = journalFile();
    const journal = new Journal(file, 1e6, fresh);
    const place = { accountId: '1', region: 'r', domain: 'd' };
    const input = { name: 'd', workflowExecutionRetentionPeriodInDays: '1' };
    journal.append(7, { kind: 'registerDomain', place, input });
    journal.close();
    const damaged = damage(readFileSync(file, 'utf8'));
    writeFileSync(file, damaged);
    expect(() => new Journal(file, 1e6, fresh)).toThrow(JournalDamagedError);
    expect(() => new Journal(file, 1e6, fresh)).toThrow(file);
    expect(readFileSync(file, 'utf8')).toBe(damaged);
  });

  it('is different from one with an incomplete last line', () => {
    const file = journalFile();
    new Journal(file, 1e6, fresh).close();
    appendFileSync(file, '{"now":1,"comm');
    expect(new Journal(file, 1e6, fresh).state).toEqual(fresh());
  });
});
