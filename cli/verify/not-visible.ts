import { type Check, NotCheckedError } from './check.ts';

/** What the relay assumes of AWS and no request from outside can show, with where to look instead. */
export const NOT_VISIBLE: readonly Check[] = [
  notVisible(
    'denial',
    "SWF's words stay in the function: its log has the fault's class, at the request of foreign token",
  ),
  notVisible('retry hints', 'only an outage leads to an answer that says "try later"'),
  notVisible('access log', 'only a flood shows whether it has "-" as the status of a throttled request'),
  notVisible('dashboard', "SWF's own count of heartbeats appears after minutes: look at the dashboard then"),
  notVisible('other address', "only the address in the stack's outputs was checked"),
];

function notVisible(name: string, reason: string): Check {
  return {
    name,
    needs: [],
    act: async () => {
      throw new NotCheckedError(reason);
    },
  };
}
