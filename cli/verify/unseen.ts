import { type Check, NotCheckedError } from './check.ts';

/** What the relay assumes of AWS and no request from outside can show, with where to look instead. */
export const UNSEEN: readonly Check[] = [
  unseen(
    'denial',
    "SWF's own words stay in the function: its log names the fault's class at the request of foreign token",
  ),
  unseen('retry hints', 'no answer that says "try later" can be had without an outage'),
  unseen('access log', 'whether it has - for the status where the gateway throttles takes a flood to see'),
  unseen('dashboard', "SWF's own count of heartbeats takes minutes to appear there: look at it"),
  unseen('other address', "only the address in the stack's outputs was tried"),
];

function unseen(name: string, reason: string): Check {
  return {
    name,
    needs: [],
    act: async () => {
      throw new NotCheckedError(reason);
    },
  };
}
