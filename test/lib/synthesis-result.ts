import { z } from 'zod';

/** The file in a synthesis's folder that says how it ended. */
export const RESULT_FILE = 'result.json';

export const RESULT = z.object({ exitCode: z.number().nullable(), stdout: z.string(), stderr: z.string() });

/** How the CDK app ended, and what it printed. */
export type Result = z.infer<typeof RESULT>;
