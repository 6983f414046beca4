/** Whose API misbehaves. */
export const SERVICES = [
  'swf',
  'sts',
  'kms',
  'dynamodb/WorkerKeys',
  'dynamodb/TaskStates',
  'dynamodb/RateLimits',
] as const;

/** How, in the grammar of `npm run faults`. */
export const FAULTS = ['throttle', 'error', 'down', 'hang', 'slow:3s', 'reset', 'garbage'] as const;

/** Whether the container has answered a heartbeat of another task before. */
export const CONTAINERS = ['cold', 'warm'] as const;

/** What another container has stored of the task. */
export const CACHES = ['empty', 'true', 'closed'] as const;

export interface Cell {
  readonly service: (typeof SERVICES)[number];
  readonly fault: (typeof FAULTS)[number];
  readonly container: (typeof CONTAINERS)[number];
  readonly cache: (typeof CACHES)[number];
}

export const CELLS: readonly Cell[] = SERVICES.flatMap((service) =>
  FAULTS.flatMap((fault) =>
    CONTAINERS.flatMap((container) => CACHES.map((cache) => ({ service, fault, container, cache }))),
  ),
);

/** Every answer that a cell may have. */
export type Row =
  | '200 recorded'
  | '200 recorded, cancel'
  | '200 cancel from cache'
  | '410 TaskNotOpen'
  | '429 SwfThrottled'
  | '503 SwfUnavailable'
  | '503 AuthenticationUnavailable';

/** What the table holds of a task. */
export type Stored = 'nothing' | 'open' | 'open, cancel' | 'closed';

/** What the relay promises, written down by hand: each line is one of its sentences. */
function promisedRow({ service, fault, container, cache }: Cell): Row {
  switch (service) {
    // SWF throttles, fails or hangs: then what is stored, in its order, and otherwise "try later".
    case 'swf':
      return asStored(cache, fault === 'throttle' ? '429 SwfThrottled' : '503 SwfUnavailable');
    // A session is kept for an hour; without one SWF can't be asked.
    case 'sts':
      return container === 'warm' ? asSwfSays(cache) : asStored(cache, '503 SwfUnavailable');
    // A secret is derived once for a container and kept; a key that can't be checked forwards nothing.
    case 'kms':
    case 'dynamodb/WorkerKeys':
      return container === 'warm' ? asSwfSays(cache) : '503 AuthenticationUnavailable';
    // The cache fails open, and without their table each container limits rates by itself.
    case 'dynamodb/TaskStates':
    case 'dynamodb/RateLimits':
      return asSwfSays(cache);
  }
}

/** SWF is asked, and answers for a task that is open, one whose cancellation is requested, one that is closed. */
function asSwfSays(cache: Cell['cache']): Row {
  return ({ empty: '200 recorded', true: '200 recorded, cancel', closed: '410 TaskNotOpen' } as const)[cache];
}

/** SWF can't be asked. */
function asStored(cache: Cell['cache'], otherwise: Row): Row {
  return ({ empty: otherwise, true: '200 cancel from cache', closed: '410 TaskNotOpen' } as const)[cache];
}

/** A row is made by a recorded heartbeat alone; what was stored stays, whatever fails. */
function promisedStored(cell: Cell): Stored {
  if (cell.cache === 'true') return 'open, cancel';
  if (cell.cache === 'closed') return 'closed';
  if (promisedRow(cell) !== '200 recorded') return 'nothing';
  return cell.service === 'dynamodb/TaskStates' && !actsAfterAll(cell) ? 'nothing' : 'open';
}

/** An API that is slow, or whose answer is lost, has done what it was asked. */
function actsAfterAll({ fault }: Pick<Cell, 'fault'>): boolean {
  return fault === 'slow:3s' || fault === 'reset';
}

/** What the table holds once nothing fails any more and the same container has sent another heartbeat. */
function promisedHealed({ cache }: Cell): Stored {
  return ({ empty: 'open', true: 'open, cancel', closed: 'closed' } as const)[cache];
}

/** All that is promised of a cell, but for the time. */
export function promised(cell: Cell): { row: Row; stored: Stored; storedOnceHealed: Stored } {
  return { row: promisedRow(cell), stored: promisedStored(cell), storedOnceHealed: promisedHealed(cell) };
}
