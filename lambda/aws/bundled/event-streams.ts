/**
 * Takes the place of the SDK's code for event streams when the function is bundled: no operation that the relay calls has
 * one. The SDK would load it when it is needed, and a bundle that can load one part late has to keep all of its parts
 * apart, which costs a start more than the part itself.
 */
export function EventStreamSerde(): never {
  throw new Error('event streams are left out of the function');
}

export const eventStreamSerdeProvider = undefined;
