/** What one contract test shows, and who says that SWF behaves like this. */
export interface Behaviour {
  readonly behaviour: string;
  /** For example `api RegisterDomain; assumed: moto has the text`. */
  readonly source: string;
}

/** Splits a test's title: the source follows the behaviour in square brackets. Returns undefined if there is none. */
export function parseTitle(title: string): Behaviour | undefined {
  const { behaviour, source } = /^(?<behaviour>.+?) \[(?<source>[^[\]]+)\]$/.exec(title)?.groups ?? {};
  return behaviour === undefined || source === undefined ? undefined : { behaviour, source };
}
