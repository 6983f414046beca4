import { existsSync } from 'node:fs';

/**
 * Loaded before `npm start` (`--import`): Ctrl-C as soon as it listens for it, when it holds its state folder and has just begun
 * to start the stack. Whoever waits for the lock from outside may be too late.
 */
process.on('newListener', (name) => {
  if (name !== 'SIGINT') return;
  setImmediate(() => {
    if (!existsSync(process.env['EXPECTED_LOCK'] ?? '')) throw new Error('the state folder is not locked yet');
    process.kill(-process.pid, 'SIGINT');
  });
});
