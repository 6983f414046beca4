import { describe, expect, it } from 'vitest';

import { Faults, FaultRuleError, parseFaultRule } from '../../local/faults.ts';

const TASK_ID = 'jfGdo-fHqdd3-P4f0ZTVKdq0FwcmDwHZ8q6M510lX_g';

describe('a fault rule for one task', () => {
  it.each([
    {
      rule: `swf/${TASK_ID}=stall:60s`,
      parsed: { api: 'swf', taskId: TASK_ID, kind: 'stall', share: 1, delayMs: 60_000 },
    },
    {
      rule: `swf.RecordActivityTaskHeartbeat/${TASK_ID}=throttle:30%@10s`,
      parsed: {
        api: 'swf',
        operation: 'RecordActivityTaskHeartbeat',
        taskId: TASK_ID,
        kind: 'throttle',
        share: 0.3,
        delayMs: 0,
        durationMs: 10_000,
      },
    },
    { rule: 'swf=stall', parsed: { api: 'swf', kind: 'stall', share: 1, delayMs: 180_000 } },
    { rule: 'swf=slow', parsed: { api: 'swf', kind: 'slow', share: 1, delayMs: 1_000 } },
  ])('$rule', ({ rule, parsed }) => {
    expect(parseFaultRule(rule)).toEqual(parsed);
  });

  it.each([
    { rule: `swf/${TASK_ID.slice(1)}=stall`, why: 'a task id that is too short' },
    { rule: `swf/${TASK_ID}A=stall`, why: 'a task id that is too long' },
    { rule: 'swf/TaskStates=stall', why: 'a table of SWF' },
    { rule: `dynamodb/${TASK_ID}=stall`, why: 'a task of DynamoDB' },
    { rule: `kms/${TASK_ID}=stall`, why: 'a task of KMS' },
    { rule: 'swf=hang:60s', why: 'a delay of a kind without one' },
  ])('but not $why: $rule', ({ rule }) => {
    expect(() => parseFaultRule(rule)).toThrow(FaultRuleError);
  });

  it('is found only for that task', () => {
    const faults = new Faults(Date.now, Math.random);
    const rule = parseFaultRule(`swf/${TASK_ID}=stall`);
    faults.set([rule]);
    const call = { api: 'swf', operation: 'RecordActivityTaskHeartbeat' };
    expect(faults.find({ ...call, taskId: TASK_ID })).toMatchObject(rule);
    expect(faults.find({ ...call, taskId: TASK_ID.toLowerCase() })).toBeUndefined();
    expect(faults.find(call)).toBeUndefined();
  });
});

describe('a fault rule for a table', () => {
  it.each([
    { call: 'the table alone', tables: ['stack-WorkerKeysTable-1'], found: true },
    {
      call: 'a batch with the table first',
      tables: ['stack-WorkerKeysTable-1', 'stack-KeyEventsTable-1'],
      found: true,
    },
    { call: 'a batch with the table last', tables: ['stack-KeyEventsTable-1', 'stack-WorkerKeysTable-1'], found: true },
    { call: 'another table', tables: ['stack-KeyEventsTable-1'], found: false },
    { call: 'no table', tables: [], found: false },
  ])('applies to a call that names $call: $found', ({ tables, found }) => {
    const faults = new Faults(Date.now, Math.random);
    const rule = parseFaultRule('dynamodb.BatchGetItem/WorkerKeys=error');
    faults.set([rule]);
    expect(faults.find({ api: 'dynamodb', operation: 'BatchGetItem', tables }) !== undefined).toBe(found);
  });
});
