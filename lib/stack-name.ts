/** The name of a stage's stack. Names of roles and of tables begin with it. */
export function stackNameOf(stage: string): string {
  return `HeartbeatRelay-${stage}`;
}
