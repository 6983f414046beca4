import * as fc from 'fast-check';

import { type Heartbeat, type Passage, passage, type Schedule, schedules } from './disorder-schedule.ts';

/** A heartbeat that names its timeout, and so begins with a read of the row. */
export interface PacedHeartbeat extends Heartbeat {
  readonly read: Passage;
}

export interface PacedSchedule extends Omit<Schedule, 'heartbeats'> {
  readonly heartbeats: readonly PacedHeartbeat[];
  /** Within the half minutes of a schedule, heartbeats are due by the shorter two and never by the longest. */
  readonly timeoutSeconds: number;
}

const MAX_HEARTBEATS = 7;

export const pacedSchedules: fc.Arbitrary<PacedSchedule> = fc
  .tuple(
    schedules,
    fc.constantFrom(60, 90, 300),
    fc.array(passage, { minLength: MAX_HEARTBEATS, maxLength: MAX_HEARTBEATS }),
  )
  .map(([schedule, timeoutSeconds, reads]) => {
    const heartbeats = schedule.heartbeats.flatMap((heartbeat, index) => {
      const read = reads[index];
      return read === undefined ? [] : [Object.assign(heartbeat, { read })];
    });
    return Object.assign(schedule, { timeoutSeconds, heartbeats });
  });
