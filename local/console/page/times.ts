/** The server's clock, as far as the page knows it. */
export class ServerClock {
  #aheadMs = 0;

  set(serverMs: number): void {
    this.#aheadMs = serverMs - Date.now();
  }

  now(): number {
    return Date.now() + this.#aheadMs;
  }
}

const UNITS = [
  { seconds: 86_400, name: 'd' },
  { seconds: 3_600, name: 'h' },
  { seconds: 60, name: 'min' },
] as const;

/** Two units at most: `3 h 5 min`, `12 s`. Never below zero. */
export function toDuration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const index = UNITS.findIndex((unit) => seconds >= unit.seconds);
  const unit = UNITS[index];
  if (unit === undefined) return `${seconds} s`;
  const rest = seconds % unit.seconds;
  const smaller = UNITS[index + 1] ?? { seconds: 1, name: 's' };
  return `${Math.floor(seconds / unit.seconds)} ${unit.name} ${Math.floor(rest / smaller.seconds)} ${smaller.name}`;
}
