/** A container has one CPU or less, and its calls to SWF would wait for each other. SWF's burst is 2,000 for a whole account. */
const AT_ONCE = 10;

/**
 * Does the work of all items, ten at a time. Items of the same key come one after the other, in their order, and never at the same
 * time.
 *
 * @param work must not reject.
 * @returns the results in the order of the items.
 */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  toKey: (item: Item) => unknown,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  // All workers take from the same iterator.
  const queues = Map.groupBy(items.entries(), ([, item]) => toKey(item)).values();
  const workThrough = async (): Promise<void> => {
    for (const queue of queues) {
      for (const [index, item] of queue) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, workThrough));
  return results;
}
