import { z } from 'zod';

/** What loading a template adds to each resource. */
export const BASE = { arn: z.string(), physicalId: z.string() };
