import { describe, expect, it } from 'vitest';
import { CONSTRAINTS } from '../../../../local/aws/swf/constraints.ts';
import { SwfFault } from '../../../../local/aws/swf/faults.ts';
import { validate } from '../../../../local/aws/swf/validation.ts';

const refusalOf = (operation: keyof typeof CONSTRAINTS, input: unknown): SwfFault => {
  try {
    validate<unknown>(CONSTRAINTS[operation], input);
  } catch (error) {
    if (error instanceof SwfFault) return error;
  }
  throw new Error('the input was taken');
};

const registration = (name: string) => ({ name, workflowExecutionRetentionPeriodInDays: '1' });
const start = { domain: 'd', workflowId: 'w', workflowType: { name: 'n', version: '1' } };
const decide = (over: object, activityId = 'a') => {
  const attributes = { activityType: { name: 'n', version: '1' }, activityId, ...over };
  const decision = { decisionType: 'ScheduleActivityTask', scheduleActivityTaskDecisionAttributes: attributes };
  return { taskToken: 'x', decisions: [decision] };
};
const type = (over: object) => ({ domain: 'd', name: 'n', version: '1', ...over });

describe('domain names (API Reference, RegisterDomain)', () => {
  it.each(['a', 'x'.repeat(256), '*', '?', 'a$b{c}', '{}', 'with space', 'ümlaut', '"', '__proto__', 'arnold', '.'])(
    'takes %j',
    (name) => {
      expect(validate(CONSTRAINTS.RegisterDomain, registration(name))).toEqual(registration(name));
    },
  );

  it.each(['', 'x'.repeat(257), ' a', 'a ', 'a:b', 'a/b', 'a|b', 'a\u0000', 'a\u001fb', 'a\u007fb', 'a\u009fb', 'arn'])(
    'refuses %j',
    (name) => {
      expect(refusalOf('RegisterDomain', registration(name)).type).toBe(
        'com.amazon.coral.validate#ValidationException',
      );
    },
  );
});

describe('priorities (API model, defaultTaskPriority): the range of Java’s Integer', () => {
  it.each(['-2147483648', '-1', '0', '2147483647'])('accepts %s', (priority) => {
    const input = type({ defaultTaskPriority: priority });
    expect(validate(CONSTRAINTS.RegisterActivityType, input)).toEqual(input);
  });

  it.each(['2147483648', '-2147483649', '9999999999', '', '1.5', '+1', '1e3'])('refuses %j', (priority) => {
    const refusals = [
      refusalOf('RegisterActivityType', type({ defaultTaskPriority: priority })),
      refusalOf('RegisterWorkflowType', type({ defaultTaskPriority: priority })),
      refusalOf('StartWorkflowExecution', { ...start, taskPriority: priority }),
      refusalOf('RespondDecisionTaskCompleted', decide({ taskPriority: priority })),
    ];
    for (const { message } of refusals) expect(message).toMatch(/askPriority' failed to satisfy constraint/);
  });
});

describe('durations', () => {
  it.each(['0', '1', '99999999', 'NONE'])('accepts %s', (seconds) => {
    const input = type({ defaultTaskHeartbeatTimeout: seconds });
    expect(validate(CONSTRAINTS.RegisterActivityType, input)).toEqual(input);
  });

  it.each(['', '-1', '1.5', '1s', 'none', '100000000', '１'])('refuses %j', (seconds) => {
    const input = type({ defaultTaskHeartbeatTimeout: seconds });
    expect(refusalOf('RegisterActivityType', input).message).toContain("at 'defaultTaskHeartbeatTimeout'");
  });

  it.each(['NONE', '31536001'])('refuses %s for a run, which may last at most a year', (seconds) => {
    const input = type({ defaultExecutionStartToCloseTimeout: seconds });
    expect(refusalOf('RegisterWorkflowType', input).message).toContain('defaultExecutionStartToCloseTimeout');
  });

  it.each(['91', '-1', 'none'])('refuses a retention of %s days', (days) => {
    const input = { name: 'd', workflowExecutionRetentionPeriodInDays: days };
    expect(refusalOf('RegisterDomain', input).message).toContain('workflowExecutionRetentionPeriodInDays');
  });
});

describe('wording', () => {
  it.each([
    {
      given: 'no input',
      input: undefined,
      message:
        "1 validation error detected: Value null at 'taskToken' failed to satisfy constraint: Member must not be null",
    },
    {
      given: 'null',
      input: { taskToken: null },
      message:
        "1 validation error detected: Value null at 'taskToken' failed to satisfy constraint: Member must not be null",
    },
    {
      given: 'two problems',
      input: { taskToken: '', details: 'd'.repeat(2049) },
      message:
        "2 validation errors detected: Value '' at 'taskToken' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
        `Value '${'d'.repeat(2049)}' at 'details' failed to satisfy constraint: Member must have length less than or equal to 2048`,
    },
  ])('of a heartbeat with $given', ({ input, message }) => {
    expect(refusalOf('RecordActivityTaskHeartbeat', input).message).toBe(message);
  });

  it('names nested members by path and list members by number', () => {
    const attributes = { activityType: { name: 'n' }, activityId: '' };
    const decision = {
      decisionType: 'ScheduleActivityTask',
      scheduleActivityTaskDecisionAttributes: attributes,
    };
    const { message } = refusalOf('RespondDecisionTaskCompleted', { taskToken: 'x', decisions: [decision, {}] });
    const path = 'decisions.1.member.scheduleActivityTaskDecisionAttributes';
    expect(message).toContain('3 validation errors detected: ');
    expect(message).toContain(`Value null at '${path}.activityType.version'`);
    expect(message).toContain(`Value '' at '${path}.activityId'`);
    expect(message).toContain("Value null at 'decisions.2.member.decisionType'");
  });

  it('lists the allowed values of a member', () => {
    const { message } = refusalOf('ListDomains', { registrationStatus: 'x' });
    expect(message).toContain("Value 'x' at 'registrationStatus' failed to satisfy constraint");
    expect(message).toContain('Member must satisfy enum value set: [REGISTERED, DEPRECATED]');
  });

  it.each([
    { taskToken: 5 },
    { taskToken: { a: 1 } },
    { taskToken: ['x'] },
    { taskToken: true },
    { taskToken: 'x', details: 0 },
    'text',
    ['list'],
  ])('a value of the wrong JSON type is not a validation error: %j', (input) => {
    expect(refusalOf('RecordActivityTaskHeartbeat', input).type).toBe(
      'com.amazon.coral.service#SerializationException',
    );
  });

  it('unknown members are dropped, and null members count as absent', () => {
    const input = { taskToken: 'x', details: null, more: 1, ['__proto__']: { details: 'd' } };
    expect(validate(CONSTRAINTS.RecordActivityTaskHeartbeat, input)).toEqual({ taskToken: 'x' });
  });
});
