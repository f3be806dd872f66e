import { readFile, rename, writeFile } from 'node:fs/promises';
import { type ForwardState, NOTHING_SENT, parseState } from './forward-plan.ts';

/** Beside the log, so that it goes when the log goes. */
function statePath(logPath: string): string {
  return `${logPath}.sent`;
}

/** What an earlier agent noted about the log; nothing sent when there is none. */
export async function loadState(logPath: string): Promise<ForwardState> {
  const text = await readFile(statePath(logPath), 'utf8').catch(() => null);
  return text === null ? NOTHING_SENT : parseState(text);
}

/** Replaces the note at once. It is not made durable: after a power failure lines may be sent twice. */
export async function saveState(logPath: string, state: ForwardState): Promise<void> {
  const path = statePath(logPath);
  await writeFile(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
