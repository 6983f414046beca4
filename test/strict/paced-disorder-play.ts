import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

import { createFindTaskState, createRemember } from '../../lambda/aws/task-states-table.ts';
import { Trace } from '../../lambda/http/trace.ts';
import { TaskNotOpenError } from '../../lambda/tasks/errors.ts';
import { parseHeartbeat } from '../../lambda/tasks/heartbeat.ts';
import type { HeartbeatAnswer } from '../../lambda/tasks/heartbeat-answer.ts';
import { createContainer } from '../../lambda/tasks/container.ts';
import { createRecordHeartbeat, type RecordHeartbeat } from '../../lambda/tasks/record-heartbeat.ts';
import type { AcceptedHeartbeat, Observation } from '../../lambda/tasks/task-state.ts';
import { grantDomain } from '../../lambda/workers/grant.ts';
import { aDomain } from '../lambda/test-app.ts';
import { aKeyId } from '../lambda/workers/worker-key-records.ts';
import { insist, type Row, toAttributes, write } from './disorder-model.ts';
import { crossings, type Outcome } from './disorder-play.ts';
import { answerOfSwf, type Passage } from './disorder-schedule.ts';
import { Timeline } from './disorder-timeline.ts';
import type { PacedHeartbeat, PacedSchedule } from './paced-disorder-schedule.ts';

/** What a heartbeat was told; undefined if it was refused or failed. */
export interface Answered {
  readonly startedAt: number;
  readonly answer: HeartbeatAnswer | undefined;
}

/** What happened to a task whose heartbeats were paced. */
export interface PacedStory {
  readonly answers: readonly Answered[];
  /** When the row first said `true`. */
  readonly trueStoredAt: number | undefined;
  /** By their containers' clocks: when the heartbeats that SWF accepted were sent. */
  readonly acceptedAtMs: readonly number[];
}

const BASE_MS = 3_600_000;
const CLOSED_TEXT = 'Unknown activity, scheduledEventId = 5';
const WORKER = { keyId: aKeyId(), domains: ['orders'] };
const DOMAIN = grantDomain(WORKER, 'orders', new Map([['orders', aDomain('orders')]]), 'heartbeat');
const NO_DEADLINE = { signal: (): AbortSignal => new AbortController().signal, hasTimeLeft: () => true };

/** Plays a schedule by all of the relay's own code that records a heartbeat, on a model of the table. */
export class PacedPlay {
  readonly #schedule: PacedSchedule;
  readonly #client: DynamoDBClient;
  readonly #timeline = new Timeline();
  readonly #answers: Answered[] = [];
  readonly #acceptedAtMs: number[] = [];
  #row: Row | undefined;
  #trueStoredAt: number | undefined;

  constructor(schedule: PacedSchedule, client: DynamoDBClient) {
    this.#schedule = schedule;
    this.#client = client;
  }

  async run(): Promise<PacedStory> {
    const { heartbeats, replaced } = this.#schedule;
    const containers = [this.#start(0), this.#start(1)];
    for (const { container, at } of replaced) {
      this.#timeline.plan(at, () => {
        containers[container] = this.#start(container);
      });
    }
    heartbeats.forEach((heartbeat, index) =>
      this.#timeline.plan(heartbeat.startedAt, () => {
        const container = containers[heartbeat.container] ?? this.#start(heartbeat.container);
        void this.#send(container, heartbeat, String(index));
      }),
    );
    await this.#timeline.run();
    return { answers: this.#answers, trueStoredAt: this.#trueStoredAt, acceptedAtMs: this.#acceptedAtMs };
  }

  #start(container: number): Container {
    const observed = new Map<string, Observation>();
    const clock = (): number => BASE_MS + this.#timeline.now + (container === 0 ? 0 : this.#schedule.aheadMs);
    const heartbeats = createContainer({
      forward: async (_domain, { details = '' }) => this.#askSwf(details, observed, clock),
      remember: createRemember(this.#client, 'TaskStates'),
      findTaskState: createFindTaskState(this.#client, 'TaskStates', clock),
      writeLease: async () => ({ kind: 'failed' }),
      clock,
      random: () => 0.5,
    });
    const record = createRecordHeartbeat(heartbeats);
    return { record, observed };
  }

  async #send({ record, observed }: Container, heartbeat: PacedHeartbeat, details: string): Promise<void> {
    const startedAt = this.#timeline.now;
    const declared = { timeoutSeconds: this.#schedule.timeoutSeconds, intervalSeconds: 5 };
    const parsed = { heartbeat: { ...parseHeartbeat(BODY), details }, declared };
    const sender = { worker: WORKER, domain: DOMAIN, deadline: NO_DEADLINE, trace: new Trace(() => 0) };
    const answering = async () => record(sender, parsed, 'native').catch(() => undefined);
    const answer = await crossings.run({ cross: this.#crossingOf(heartbeat, details, observed) }, answering);
    this.#answers.push({ startedAt, answer });
  }

  async #askSwf(details: string, observed: Map<string, Observation>, clock: () => number): Promise<AcceptedHeartbeat> {
    const { answeredAfter = 0, arrivesAfter = 0 } = this.#schedule.heartbeats[Number(details)] ?? {};
    const startedAtMs = clock();
    const said = await this.#later(answeredAfter, () => answerOfSwf(this.#schedule, this.#timeline.now));
    const observedAtMs = await this.#later(arrivesAfter, clock);
    if (said === 'closed') {
      observed.set(details, { kind: 'closed', text: CLOSED_TEXT, observedAtMs });
      throw new TaskNotOpenError(CLOSED_TEXT);
    }
    const accepted = { kind: 'accepted', ...said, startedAtMs, observedAtMs } as const;
    observed.set(details, { ...accepted, isPaced: true });
    this.#acceptedAtMs.push(startedAtMs);
    return accepted;
  }

  /** Lets each command of a heartbeat reach the table, or not, when its passage says so. */
  #crossingOf({ read, passages }: PacedHeartbeat, details: string, observed: ReadonlyMap<string, Observation>) {
    let commands = 0;
    let writes = 0;
    return async (isRead: boolean): Promise<Outcome> => {
      const nth = writes;
      const passage = commands === 0 ? read : passages[nth === 0 ? 0 : 1];
      commands += 1;
      if (!isRead) writes += 1;
      return this.#cross(passage, () => (isRead ? this.#read() : this.#apply(observed.get(details), nth)));
    };
  }

  #cross({ appliedAfter, heardAfter, givenUpAfter }: Passage, act: () => Outcome): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const { now } = this.#timeline;
    let outcome: Outcome;
    for (const ms of appliedAfter) {
      this.#timeline.plan(now + ms, () => {
        outcome = act();
      });
    }
    if (heardAfter === undefined) this.#timeline.plan(now + givenUpAfter, () => reject(new Error('given up')));
    else this.#timeline.plan(now + (appliedAfter.at(-1) ?? 0) + heardAfter, () => resolve(outcome));
    return promise;
  }

  #read(): Outcome {
    return this.#row === undefined ? undefined : toAttributes(this.#row);
  }

  #apply(observation: Observation | undefined, nth: number): Outcome {
    if (observation === undefined) throw new Error('a write before SWF answered');
    const isSecond = nth > 0 && observation.kind === 'accepted';
    const written = isSecond ? insist(this.#row, observation) : write(this.#row, observation);
    this.#row = written ?? this.#row;
    if (this.#row?.cancelRequested === true) this.#trueStoredAt ??= this.#timeline.now;
    return written === undefined ? undefined : toAttributes(written);
  }

  #later<T>(ms: number, act: () => T): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>();
    this.#timeline.plan(this.#timeline.now + ms, () => resolve(act()));
    return promise;
  }
}

interface Container {
  readonly record: RecordHeartbeat;
  /** What SWF said to each heartbeat, by its number. */
  readonly observed: Map<string, Observation>;
}

const BODY = Buffer.from('{"taskToken":"token"}');
