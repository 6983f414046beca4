import { existsSync } from 'node:fs';

/** Loaded before the function in its own process (`--import`): once the file `JUMP_FILE` exists, its clock is 5 minutes ahead. */
const JUMP_MS = 5 * 60_000;
const file = process.env['JUMP_FILE'] ?? '';
const nowOfNode = Date.now.bind(Date);

Date.now = () => nowOfNode() + (existsSync(file) ? JUMP_MS : 0);
