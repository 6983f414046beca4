/**
 * Takes the place of `node:process` when the function is bundled. Of a module of Node's that is imported every export is
 * read, and reading this one's opens the standard input and output.
 */
export const { env, versions } = process;
