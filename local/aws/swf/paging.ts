import { type Engine } from './engine.ts';
import { invalidToken } from './faults.ts';
import { type Place } from './state.ts';

/** The paging members of all listings. */
export interface Paging {
  readonly nextPageToken?: string;
  readonly maximumPageSize?: number;
}

/** The maximum page size, also used if the request has no size or 0 (SWF API Reference, maximumPageSize). */
const MAX_PAGE_SIZE = 1000;

/**
 * Returns one page of `entries`. `subject` identifies the listing. A page token is valid only for its own subject.
 * Throws SwfFault (`Invalid token`, an assumption) for a page token of another listing.
 */
export function page<T>(
  engine: Engine,
  place: Place,
  subject: string,
  entries: readonly T[],
  { nextPageToken, maximumPageSize }: Paging,
): { readonly entries: readonly T[]; readonly nextPageToken?: string } {
  const from =
    nextPageToken === undefined || nextPageToken === '' ? 0 : position(engine, place, subject, nextPageToken);
  const end = from + (maximumPageSize === undefined || maximumPageSize === 0 ? MAX_PAGE_SIZE : maximumPageSize);
  const shown = entries.slice(from, end);
  if (end >= entries.length) return { entries: shown };
  const next = { ...place, kind: 'page', runId: subject, scheduledEventId: end, startedEventId: 0 } as const;
  return { entries: shown, nextPageToken: engine.seal(next) };
}

function position(engine: Engine, place: Place, subject: string, token: string): number {
  const found = engine.open('page', token, place);
  if (found.domain !== place.domain || found.runId !== subject) throw invalidToken();
  return found.scheduledEventId;
}
