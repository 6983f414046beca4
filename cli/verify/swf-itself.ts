import { RecordActivityTaskHeartbeatCommand, SWFServiceException } from '@aws-sdk/client-swf';

import type { Scene } from './scene.ts';

/** SWF accepted the heartbeat. */
export const RECORDED = 'recorded';

/**
 * Sends a heartbeat to SWF with the operator's own credentials, without the relay. So a line knows who said what.
 *
 * @returns RECORDED, or SWF's fault as `Name: message`.
 */
export async function askSwf({ parts: { swf } }: Scene, taskToken: string, details?: string): Promise<string> {
  try {
    await swf.send(new RecordActivityTaskHeartbeatCommand({ taskToken, details }));
    return RECORDED;
  } catch (error) {
    if (!(error instanceof SWFServiceException)) throw error;
    return `${error.name}: ${error.message}`;
  }
}
