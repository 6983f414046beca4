import { type HistoryEvent, type RegisteredType, type Run } from './state.ts';

/** AWS JSON's format of a time: seconds since 1970, with milliseconds as the fraction. */
export const toTimestamp = (epochMs: number): number => epochMs / 1000;

/** Returns an object without its undefined members. */
export const present = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** The model names an event's attributes after its type: `activityTaskStartedEventAttributes`. */
export const toEvent = ({ eventId, eventType, at, attributes }: HistoryEvent): Record<string, unknown> => ({
  eventId,
  eventTimestamp: toTimestamp(at),
  eventType,
  [`${eventType.slice(0, 1).toLowerCase()}${eventType.slice(1)}EventAttributes`]: attributes,
});

export const toExecutionInfo = (run: Run): Record<string, unknown> =>
  present({
    execution: { workflowId: run.workflowId, runId: run.runId },
    workflowType: run.workflowType,
    startTimestamp: toTimestamp(run.startedAt),
    closeTimestamp: run.closedAt === undefined ? undefined : toTimestamp(run.closedAt),
    executionStatus: run.closedAt === undefined ? 'OPEN' : 'CLOSED',
    closeStatus: run.closeStatus,
    tagList: run.tagList.length === 0 ? undefined : run.tagList,
    cancelRequested: run.cancelRequested,
  });

/** The answer of the Describe operations for a registered type, with name and version under `member`. */
export const toTypeDetail = (
  member: 'activityType' | 'workflowType',
  type: RegisteredType<object>,
): Record<string, unknown> => ({
  typeInfo: present({
    [member]: { name: type.name, version: type.version },
    status: type.status,
    description: type.description,
    creationDate: toTimestamp(type.createdAt),
    deprecationDate: type.deprecatedAt === undefined ? undefined : toTimestamp(type.deprecatedAt),
  }),
  configuration: type.defaults,
});
