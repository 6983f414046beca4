/** What a call to SWF came to, as far as its price depends on it. */
export type CallOutcome = 'accepted' | 'closed' | 'throttled' | 'failed' | 'refused' | 'timedOut';

/**
 * How many tokens a call costs. An honest worker hardly ever sends what SWF refuses (an invalid token, a task of another domain).
 * A call that times out occupies a container a hundred times as long as another.
 */
export function toCost(outcome: CallOutcome): number {
  return outcome === 'refused' || outcome === 'timedOut' ? 10 : 1;
}

/** The token that is taken before a call, because nobody knows what it will come to. */
export const COST_IN_ADVANCE = 1;
