/** Adds a duration in whole seconds to a time in epoch milliseconds. Returns undefined for `NONE`. */
export const addDuration = (fromMs: number, seconds: string): number | undefined =>
  seconds === 'NONE' ? undefined : fromMs + Number(seconds) * 1000;
