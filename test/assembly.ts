import { loadAssembly } from '../local/assembly.ts';

/** Synthesizes once, before any test of a project that needs the template: each file then finds it kept. */
export async function setup(): Promise<void> {
  await loadAssembly();
}
