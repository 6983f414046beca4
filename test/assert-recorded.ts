/** For what a test prepares. @throws Error for anything but a recorded heartbeat. */
export function assertRecorded(answer: { readonly status: number; readonly body: unknown }): void {
  if (answer.status !== 200)
    throw new Error(`the relay was not ready: ${answer.status} ${JSON.stringify(answer.body)}`);
}
