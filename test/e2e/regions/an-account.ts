import { Credentials } from '../../../local/aws/credentials.ts';
import { LocalSwf } from '../../../local/aws/swf/local-swf.ts';
import { AFolder } from '../a-folder.ts';
import { ARegion } from './a-region.ts';

/** An AWS account. Its regions share IAM with its credentials, and here SWF, which plays every region at once. */
export class AnAccount implements AsyncDisposable {
  readonly accountId = '123456789012';
  readonly credentials = new Credentials();
  readonly swf: LocalSwf;
  readonly #folder = new AFolder();
  readonly #regions: ARegion[] = [];

  constructor() {
    this.swf = LocalSwf.open({ journalFile: this.file('swf.journal'), clock: Date.now });
  }

  file(name: string): string {
    return this.#folder.state(name);
  }

  async openRegion(name: string): Promise<ARegion> {
    const region = await ARegion.open(this, name);
    this.#regions.push(region);
    return region;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const region of this.#regions) await region.lose();
    this.swf.close();
    this.#folder[Symbol.dispose]();
  }
}
