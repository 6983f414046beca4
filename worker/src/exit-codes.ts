/** Beside the work's own. */
export const EXIT_CODES = { usage: 2, canceled: 90, closed: 91, lost: 92, notReported: 93 } as const;
