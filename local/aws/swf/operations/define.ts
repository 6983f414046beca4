import { type Answer, type Engine, type Operation } from '../engine.ts';
import { type Place } from '../state.ts';
import { type TokenContent, type TokenKind } from '../tokens.ts';
import { type Field, validate } from '../validation.ts';

/** A validated request, with everything that the operation needs. */
export interface Call<Input, At> {
  readonly engine: Engine;
  readonly input: Input;
  readonly at: At;
  readonly signal: AbortSignal;
}

type Perform<Input, At> = (call: Call<Input, At>) => Answer | Promise<Answer>;

/** An operation in the domain that `domainOf` finds in the input. */
function located<Input>(
  shape: Field<Input>,
  domainOf: (input: Input) => string,
  perform: Perform<Input, Place>,
  runIdOf: (input: Input) => string | undefined,
): Operation {
  return {
    prepare: (engine, given, site) => {
      const input = validate(shape, given);
      const at = { accountId: site.accountId, region: site.region, domain: domainOf(input) };
      const runId = runIdOf(input);
      return {
        domain: at.domain,
        ...(runId === undefined ? {} : { runId }),
        perform: (signal) => perform({ engine, input, at, signal }),
      };
    },
  };
}

/** An operation whose input names its domain in the member `domain`. */
export const inDomain = <Input extends { readonly domain: string }>(
  shape: Field<Input>,
  perform: Perform<Input, Place>,
  runIdOf: (input: Input) => string | undefined = () => undefined,
): Operation => located(shape, ({ domain }) => domain, perform, runIdOf);

/** An operation on a domain itself. Its input names the domain in the member `name`. */
export const onDomain = <Input extends { readonly name: string }>(
  shape: Field<Input>,
  perform: Perform<Input, Place>,
): Operation =>
  located(
    shape,
    ({ name }) => name,
    perform,
    () => undefined,
  );

/** An operation whose domain comes only from the task token. */
export const onTask = <Input extends { readonly taskToken: string }>(
  kind: TokenKind,
  shape: Field<Input>,
  perform: Perform<Input, TokenContent>,
): Operation => ({
  prepare: (engine, given, site) => {
    const input = validate(shape, given);
    const at = engine.open(kind, input.taskToken, site);
    return { domain: at.domain, runId: at.runId, perform: (signal) => perform({ engine, input, at, signal }) };
  },
});

/** An operation on all domains of an account and region. */
export const everywhere = <Input>(
  shape: Field<Input>,
  perform: Perform<Input, { readonly accountId: string; readonly region: string }>,
): Operation => ({
  prepare: (engine, given, at) => {
    const input = validate(shape, given);
    return { domain: undefined, perform: (signal) => perform({ engine, input, at, signal }) };
  },
});
