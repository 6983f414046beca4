/**
 * Replaces the SDK's event stream code in the function's bundle, because no operation that the relay calls has an event
 * stream. The SDK loads that code with a dynamic import. For such an import the bundle must keep all its modules
 * separate, which costs a cold start more than the code itself.
 */
export function EventStreamSerde(): never {
  throw new Error('the function is bundled without event streams');
}

export const eventStreamSerdeProvider = undefined;
