import { describe, expect, it } from 'vitest';

import { type MockAnswer, startMock } from '../openapi/mock.ts';
import { KEY } from '../kit/scene.ts';
import { AProcess } from './a-process.ts';

/** `docs/worker.md` has the exit codes. */
const EXIT = { cancelRequested: 90, taskClosed: 91 } as const;

/** Runs the Node worker against the mock until it ends. Its heartbeat timeout is so long that only answers end it. */
async function playOnMock(answers: readonly MockAnswer[]) {
  const mock = await startMock(answers);
  const worker = new AProcess(process.execPath, ['worker/src/cli.ts', 'run', '--', 'sleep', '3600'], {
    HEARTBEAT_RELAY_URL: mock.url,
    HEARTBEAT_DOMAIN: 'orders',
    HEARTBEAT_TIMEOUT_SECONDS: '3600',
    HEARTBEAT_KEY: KEY,
    TASK_TOKEN: 'AAAAKgAAAAIAAAAA',
  });
  const { exitCode, stderr } = await worker.ended;
  await mock.close();
  return { exitCode, stderr, problems: mock.problems, answered: mock.answered() };
}

describe('the Node worker kit, served by a mock that is made of docs/openapi.yaml', () => {
  it('tries again when it is throttled, and ends its work when it is asked to cancel', async () => {
    const played = await playOnMock([{ status: 429 }, { status: 200, example: 'cancelRequested' }]);
    expect(played).toMatchObject({ exitCode: EXIT.cancelRequested, problems: [], answered: 2 });
    expect(played.stderr).toContain('not recorded: 429');
    expect(played.stderr).toContain('cancel requested');
  });

  it('ends its work when the task is closed', async () => {
    const played = await playOnMock([{ status: 503 }, { status: 410 }]);
    expect(played).toMatchObject({ exitCode: EXIT.taskClosed, problems: [], answered: 2 });
    expect(played.stderr).toContain('task closed');
  });
});
