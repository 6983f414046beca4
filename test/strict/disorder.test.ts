import { describeDisorder } from './disorder-runs.ts';

describeDisorder({ model: 10_000, real: 240 });
