import { BoundedMap } from '../../bounded-map.ts';
import type { EndedTask } from './ended-task.ts';

/** About 400 bytes each. An evicted task costs a read, or a call to SWF. */
const MAX_TASKS = 10_000;

/** The ends that SWF accepted from this container. They are final, so memory may answer with them for as long as it lasts. */
export class EndedTasks {
  readonly #tasks = new BoundedMap<string, EndedTask>(MAX_TASKS);

  /** @param task its domain and id. */
  add(task: string, ended: EndedTask): void {
    this.#tasks.set(task, ended);
  }

  find(task: string): EndedTask | undefined {
    return this.#tasks.get(task);
  }

  /** SWF was asked about a task that it had ended. */
  learnWords(task: string, closedText: string): void {
    const ended = this.#tasks.get(task);
    if (ended !== undefined) this.#tasks.set(task, { ...ended, closedText });
  }
}
