import { loadAssembly } from '../local/assembly.ts';
import { placeResources } from './architecture/place-resources.ts';
import { drawArchitecture } from './architecture/draw-architecture.ts';

/** Draws the template that `cdk deploy` takes, for the stage of `cdk.json`. */
export async function makeArchitecture(): Promise<string> {
  const { template } = await loadAssembly();
  return drawArchitecture(placeResources(template));
}
