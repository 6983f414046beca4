/** Of `page/probes.ts`, in a page: what is written below runs there. */
declare const probes: {
  hasFocus: (element: unknown) => boolean;
  backgroundOf: (element: unknown) => string;
  nextLineAt: () => Promise<number>;
  untilTimedOut: (row: unknown) => Promise<readonly { readonly state: string; readonly left: string }[]>;
  longTasksMs: () => readonly number[];
  block: (ms: number) => Promise<void>;
  askAcrossOrigins: (url: string, type: string) => Promise<string>;
};

export const hasFocus = (element: unknown) => probes.hasFocus(element);
export const backgroundOf = (element: unknown) => probes.backgroundOf(element);
export const nextLineAt = async () => probes.nextLineAt();
export const untilTimedOut = async (row: unknown) => probes.untilTimedOut(row);
export const longTasksMs = () => probes.longTasksMs();
export const block = async (ms: number) => probes.block(ms);
export const askAcrossOrigins = async ([url = '', type = '']: readonly string[]) => probes.askAcrossOrigins(url, type);
