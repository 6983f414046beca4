/** Heartbeats per second, of all workers that share a key. In a file of its own, because the command line loads it always. */
export const DEFAULT_RATE = 40;
