import { recorded } from './relay/replies.ts';
import { HIDDEN_HOST, ScriptedProxy } from './relay/scripted-proxy.ts';
import { type Certificate, inTurn, type Script, ScriptedRelay } from './relay/scripted-relay.ts';

/** Makes a script for one play: it may keep state, and knows the URL of `elsewhere`. */
export interface ScriptWith {
  readonly scriptWith: (elsewhere: string) => Script;
}

/** What a scene's worker may meet in the network. */
export interface Servers {
  readonly relay: ScriptedRelay;
  readonly elsewhere: ScriptedRelay;
  readonly proxy: ScriptedProxy;
}

export async function openServers(given: Script | ScriptWith, certificate?: Certificate): Promise<Servers> {
  const elsewhere = await ScriptedRelay.open(inTurn(recorded()));
  const script = typeof given === 'function' ? given : given.scriptWith(elsewhere.url);
  const relay = await ScriptedRelay.open(script, certificate);
  return { relay, elsewhere, proxy: await ScriptedProxy.open(relay.port) };
}

/** For HTTPS, with the authority that vouches for it. */
export async function issue(): Promise<{ readonly authority: string; readonly certificate: Certificate }> {
  // Loaded in this order, and only when needed.
  await import('reflect-metadata');
  const { issueCertificate } = await import('../../local/gateway/tls/issue.ts');
  const { authority, certificate: cert, key } = await issueCertificate(Date.now(), ['localhost', HIDDEN_HOST]);
  return { authority, certificate: { cert, key } };
}
