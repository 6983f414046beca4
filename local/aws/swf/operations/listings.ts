import { CONSTRAINTS, type InputOf } from '../constraints.ts';
import { type Operation } from '../engine.ts';
import { validationFault } from '../faults.ts';
import { page } from '../paging.ts';
import { domainAt } from '../runs.ts';
import { type Run } from '../state.ts';
import { toExecutionInfo } from '../wire.ts';
import { inDomain } from './define.ts';

type Filters = Pick<
  InputOf<'ListClosedWorkflowExecutions'>,
  'startTimeFilter' | 'closeTimeFilter' | 'executionFilter' | 'closeStatusFilter' | 'typeFilter' | 'tagFilter'
>;
type TimeFilter = Exclude<Filters['startTimeFilter'], undefined>;

/** Bounds are seconds, times milliseconds; both ends of the range belong to it. */
const isWithin = (at: number | undefined, { oldestDate, latestDate = Infinity }: TimeFilter): boolean =>
  at !== undefined && at >= oldestDate * 1000 && at <= latestDate * 1000;

const matches = (run: Run, filters: Filters): boolean => {
  const { startTimeFilter, closeTimeFilter, executionFilter, closeStatusFilter, typeFilter, tagFilter } = filters;
  return [
    startTimeFilter === undefined || isWithin(run.startedAt, startTimeFilter),
    closeTimeFilter === undefined || isWithin(run.closedAt, closeTimeFilter),
    executionFilter === undefined || run.workflowId === executionFilter.workflowId,
    closeStatusFilter === undefined || run.closeStatus === closeStatusFilter.status,
    typeFilter === undefined || run.workflowType.name === typeFilter.name,
    typeFilter?.version === undefined || run.workflowType.version === typeFilter.version,
    tagFilter === undefined || run.tagList.includes(tagFilter.tag),
  ].every(Boolean);
};

/** The API Reference calls these filters mutually exclusive; the text is assumed. */
function assertAtMostOne(filters: readonly (object | undefined)[]): void {
  if (filters.filter((filter) => filter !== undefined).length > 1) {
    throw validationFault('Only one of executionFilter, closeStatusFilter, typeFilter and tagFilter may be specified');
  }
}

/** Latest first; `reverseOrder` turns that round (SWF API Reference). */
function ordered(runs: readonly Run[], timeOf: (run: Run) => number, reverseOrder = false): readonly Run[] {
  const oldestFirst = runs.toSorted((a, b) => timeOf(a) - timeOf(b));
  return reverseOrder ? oldestFirst : oldestFirst.toReversed();
}

export const listOpenWorkflowExecutions: Operation = inDomain(
  CONSTRAINTS.ListOpenWorkflowExecutions,
  ({ engine, input, at }) => {
    assertAtMostOne([input.executionFilter, input.typeFilter, input.tagFilter]);
    const found = Object.values(domainAt(engine.state, at).open).filter((run) => matches(run, input));
    const runs = ordered(found, ({ startedAt }) => startedAt, input.reverseOrder);
    const { entries, ...next } = page(engine, at, 'open executions', runs, input);
    return { executionInfos: entries.map(toExecutionInfo), ...next };
  },
);

export const listClosedWorkflowExecutions: Operation = inDomain(
  CONSTRAINTS.ListClosedWorkflowExecutions,
  ({ engine, input, at }) => {
    if ((input.startTimeFilter === undefined) === (input.closeTimeFilter === undefined)) {
      throw validationFault('Must specify exactly one of startTimeFilter or closeTimeFilter');
    }
    assertAtMostOne([input.executionFilter, input.closeStatusFilter, input.typeFilter, input.tagFilter]);
    const found = Object.values(domainAt(engine.state, at).closed).filter((run) => matches(run, input));
    const byClose = input.closeTimeFilter !== undefined;
    const runs = ordered(found, (run) => (byClose ? (run.closedAt ?? 0) : run.startedAt), input.reverseOrder);
    const { entries, ...next } = page(engine, at, 'closed executions', runs, input);
    return { executionInfos: entries.map(toExecutionInfo), ...next };
  },
);
