/**
 * npm, npx and the other package managers set this to the command that they run. Everything below it inherits the variable,
 * so it counts only if this program is that command.
 */
const SET_BY_NPM = 'npm_lifecycle_script';

/** Often enough that nobody waits for it, and too seldom to show in the CPU time. */
const LOOK_EVERY_MS = 250;

/**
 * Watches the process that npm started this one from. npm passes SIGINT and SIGTERM on, but to a shell that may end
 * without its child; and nobody can pass SIGKILL on. Without npm the caller may leave this process behind on purpose,
 * as `nohup` does, so nothing is watched.
 *
 * @param onGone is called once, when that process has ended.
 */
export function watchParentOfNpm(onGone: () => void): void {
  if (process.env[SET_BY_NPM]?.includes('heartbeat-relay') !== true) return;
  const parentId = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parentId) return;
    clearInterval(timer);
    onGone();
  }, LOOK_EVERY_MS);
  timer.unref();
}
