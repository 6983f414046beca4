import type { Connection } from '../../local/connection.ts';
import type { Person } from './terminal.ts';
import type { Ending } from './worker-cli.ts';

/** The stacks that the rows run on: all is well, SWF gives no answer, or the relay speaks TLS. */
export const STACKS = ['steady', 'hanging', 'tls'] as const;

/** What a row's command line is made of. */
export interface Place {
  readonly connection: Connection;
  /** The details of this row's heartbeat, which no other row's has. */
  readonly details: string;
  readonly taskToken: string;
  /** `--endpoint-url` in the path form. */
  readonly endpoint: readonly string[];
  /** All that a heartbeat takes: endpoint, token and details. */
  readonly heartbeat: readonly string[];
  /** A file for the row, which holds this text. */
  readonly file: (name: string, content: string) => string;
  /** Where nobody answers, not even with a refusal. */
  readonly deafUrl: string;
}

/** One use of an option of `aws swf record-activity-task-heartbeat`, and how it ends. */
export interface OptionRow {
  readonly option: string;
  /** Follows the option's name in the name of the test. */
  readonly given: string;
  /** `steady` unless set. */
  readonly stack?: (typeof STACKS)[number];
  /** Instead of those of the place. */
  readonly details?: string;
  readonly args: (place: Place) => readonly string[];
  /** Beside, or instead of, the worker's environment; what is undefined is taken out of it. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** In a pseudo-terminal, where `true` with nobody at it; standard error is shown among the rest there. */
  readonly terminal?: Person | true;
  readonly ends: Ending;
  readonly isRecorded: boolean;
}

/** The uses of one option. */
export const rowsOf = (option: string, uses: readonly Omit<OptionRow, 'option'>[]): OptionRow[] =>
  uses.map((use) => ({ option, ...use }));
