import { describeDisorder } from '../strict/disorder-runs.ts';

describeDisorder({ model: 30_000, real: 3_000 });
