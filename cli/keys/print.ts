/** Thrown where nobody read a command's output to its end. */
export class OutputNotReadError extends Error {
  override readonly name = 'OutputNotReadError';
}

/**
 * Writes a command's output, and waits until it is handed over.
 *
 * @throws OutputNotReadError
 */
export async function print(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: Error): void => {
      reject(new OutputNotReadError(`the output was not read to its end: ${cause.message}`, { cause }));
    };
    // The stream emits it besides calling back, and unheard it would end the process with a stack trace.
    process.stdout.once('error', fail);
    process.stdout.write(text, (error) => {
      if (error) return fail(error);
      process.stdout.off('error', fail);
      resolve();
    });
  });
}
