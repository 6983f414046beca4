/** A task id is base64url of 32 bytes, so one in 64 begins with a hyphen. */
const LOOKS_LIKE_OPTION = /^-[A-Za-z0-9_-]{42}$/;

/** Puts task ids that look like options of `task` behind `--`, after which every word is an operand. */
export function withTaskIdsAsOperands(args: readonly string[]): readonly string[] {
  const taskIds = args.filter((word) => LOOKS_LIKE_OPTION.test(word));
  if (args[0] !== 'task' || taskIds.length === 0 || args.includes('--')) return args;
  return [...args.filter((word) => !LOOKS_LIKE_OPTION.test(word)), '--', ...taskIds];
}
