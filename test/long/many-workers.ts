import type { AProcess } from '../e2e/a-process.ts';

const AT_ONCE = 40;

/** A worker that does not end itself is ended then. */
const LONGEST_MS = 60_000;

type Counts = Readonly<Record<string, number>>;

/** Plays so many workers, some of them at once, and counts the exit codes. */
export async function countExitCodes(workers: number, start: (number: number) => Promise<AProcess>): Promise<Counts> {
  const numbers = Array.from({ length: workers }, (_, index) => index).values();
  const counts = new Map<string, number>();
  const work = async (): Promise<void> => {
    for (const number of numbers) {
      const worker = await start(number);
      const timer = setTimeout(() => void worker.signal('SIGKILL'), LONGEST_MS);
      const exitCode = String((await worker.ended).exitCode);
      clearTimeout(timer);
      counts.set(exitCode, (counts.get(exitCode) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return Object.fromEntries<number>(counts);
}
