import type { SharedHeartbeat } from '../../lambda/share/fair-share.ts';
import type { Actor } from './agenda.ts';
import type { Answer } from './answer.ts';
import { Task, type TokenKind } from './task.ts';
import type { Send } from './worker.ts';

export interface AttackerOptions {
  readonly name: string;
  readonly token: TokenKind;
  readonly perSecond: number;
  readonly heartbeat: Omit<SharedHeartbeat, 'task'>;
  readonly send: Send;
  readonly count: (answer: Answer) => void;
  readonly random: () => number;
}

/** Sends at a constant rate, whatever it hears. It declares nothing, so that no heartbeat is paced. */
export class Attacker implements Actor {
  readonly #options: AttackerOptions;
  #sent = 0;
  #task: Task;

  constructor(options: AttackerOptions) {
    this.#options = options;
    this.#task = this.#createTask(0);
  }

  act(nowMs: number): number {
    const { heartbeat, send, count, perSecond, token, random } = this.#options;
    this.#sent += 1;
    // Invented tokens differ, so that no memory of a token helps.
    if (token !== 'task' && token !== 'closed') this.#task = this.#createTask(nowMs);
    count(send(this.#task, { ...heartbeat, task: this.#task.id }, nowMs));
    // Not in step with anything, such as the tokens of the gateway's bucket.
    return nowMs + (1000 / perSecond) * (0.5 + random());
  }

  #createTask(nowMs: number): Task {
    const { name, token } = this.#options;
    return new Task(`${name}/${this.#sent}`, token, 86_400_000, nowMs);
  }
}
