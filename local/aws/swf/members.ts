import { type Infer, integer, oneOf, required, structure, text, type TextRule } from './validation.ts';

/*
 * The kinds of values in SWF's API model (2012-01-25). Lengths, enumerations and ranges come from the model. The
 * wording of the name, duration, retention and priority rules is an assumption, because the model has those rules only
 * in prose.
 */

/** The characters and the word that the model forbids in most names. It does so for each member apart. */
const charactersRule: TextRule = (value) => {
  // oxlint-disable-next-line no-control-regex -- the rule is about control characters
  const forbidden = /[:/|\u0000-\u001f\u007f-\u009f]/.test(value) || value === 'arn';
  return forbidden ? "Member must not contain ':', '/', '|' or control characters, or be 'arn'" : undefined;
};

/** For three members, the model also forbids white space at either end. */
const trimmedRule: TextRule = (value) =>
  value.trim() === value ? charactersRule(value) : 'Member must not start or end with whitespace';

const durationRule: TextRule = (value) =>
  /^(?:NONE|\d{1,8})$/.test(value) ? undefined : 'Member must satisfy regular expression pattern: NONE|[0-9]{1,8}';

/** A workflow execution may run for at most one year, so `NONE` is invalid (SWF Developer Guide, quotas). */
const ONE_YEAR_SECONDS = 31_536_000;
const executionDurationRule: TextRule = (value) =>
  /^\d{1,8}$/.test(value) && Number(value) <= ONE_YEAR_SECONDS
    ? undefined
    : `Member must be a number of seconds from 0 to ${ONE_YEAR_SECONDS}`;

/** Retention of closed runs: 0 or NONE to 90 days (SWF Developer Guide, quotas). */
const retentionRule: TextRule = (value) =>
  /^(?:NONE|[0-9]|[1-8][0-9]|90)$/.test(value) ? undefined : 'Member must be NONE or a number of days from 0 to 90';

/** The range of Java's `Integer` (RegisterActivityTypeInput, defaultTaskPriority). */
const MIN_PRIORITY = -2_147_483_648;
const MAX_PRIORITY = 2_147_483_647;
const priorityRule: TextRule = (value) =>
  /^-?\d{1,10}$/.test(value) && Number(value) >= MIN_PRIORITY && Number(value) <= MAX_PRIORITY
    ? undefined
    : `Member must be an integer from ${MIN_PRIORITY} to ${MAX_PRIORITY}`;

/** A name without a rule in the model: it refers to something that has a name already. */
export const NAME = text(1, 256);
export const VERSION = text(1, 64);
/** A name or version whose characters the model restricts. */
export const PLAIN_NAME = text(1, 256, charactersRule);
export const PLAIN_VERSION = text(1, 64, charactersRule);
/** A name that also must not start or end with white space. */
export const TRIMMED_NAME = text(1, 256, trimmedRule);
export const DESCRIPTION = text(0, 1024);
export const DURATION = text(0, 8, durationRule);
export const EXECUTION_DURATION = text(0, 8, executionDurationRule);
export const PRIORITY = text(0, 11, priorityRule);
export const DATA = text(0, 32_768);
export const REASON = text(0, 256);
export const RUN_ID_OPTIONAL = text(0, 64);
export const TASK_TOKEN = text(1, 1024);
export const PAGE_TOKEN = text(0, 2048);
export const PAGE_SIZE = integer(0, 1000);
export const ARN = text(1, 1600);
export const TAG = text(0, 256);
export const TASK_LIST = structure({ name: required(NAME) });
export const PLAIN_TASK_LIST = structure({ name: required(PLAIN_NAME) });
export const TRIMMED_TASK_LIST = structure({ name: required(TRIMMED_NAME) });
export const NAME_AND_VERSION = structure({ name: required(NAME), version: required(VERSION) });
export const CHILD_POLICY = oneOf(['TERMINATE', 'REQUEST_CANCEL', 'ABANDON']);
export const CLOSE_STATUS = oneOf(['COMPLETED', 'FAILED', 'CANCELED', 'TERMINATED', 'CONTINUED_AS_NEW', 'TIMED_OUT']);
/** How many days SWF keeps closed runs. */
export const RETENTION = text(1, 8, retentionRule);
/** A heartbeat's details, the only text that SWF calls limited data. */
export const LIMITED_DATA = text(0, 2048);

export type ChildPolicy = Infer<typeof CHILD_POLICY>;
export type CloseStatus = Infer<typeof CLOSE_STATUS>;
export type NameAndVersion = Infer<typeof NAME_AND_VERSION>;
