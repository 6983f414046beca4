/**
 * Replaces `node:process` in the function's bundle. An import reads every export of a Node module, and reading these
 * opens standard input and output.
 */
export const { env, versions } = process;
