import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerStream, StreamedExec } from '../../../agent/executor/executor.ts';

/** What a streamed exec is asked for when a test does not care. */
export const plainExec: StreamedExec = {
  env: ['PATH=/bin'],
  workdir: '/',
  user: '',
  tty: false,
  stdin: false,
  privileged: false,
};

export interface ReadStream {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** Everything until the stream ends. */
export async function readAll(stream: ContainerStream): Promise<ReadStream> {
  const parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  for await (const { stream: name, data } of stream.output) parts[name].push(data);
  return {
    stdout: Buffer.concat(parts.stdout).toString(),
    stderr: Buffer.concat(parts.stderr).toString(),
    exitCode: await stream.ended,
  };
}

/** Takes pieces until their text holds `wanted`; returns the text. The rest can be read afterwards. */
export async function readUntil(stream: ContainerStream, wanted: string): Promise<string> {
  let text = '';
  const pieces = stream.output[Symbol.asyncIterator]();
  while (!text.includes(wanted)) {
    const next = await pieces.next();
    if (next.done === true) throw new Error(`the stream ended before ${JSON.stringify(wanted)}: ${text}`);
    text += Buffer.from(next.value.data).toString();
  }
  return text;
}

/** Writes text as input. */
export function writeText(stream: ContainerStream, text: string): Promise<void> {
  return stream.write(new TextEncoder().encode(text));
}

/** Looks again and again, for ten seconds at most. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let attempt = 0; !holds(); attempt++) {
    if (attempt >= 1000) throw new Error(`waited in vain for ${what}`);
    await sleep(10);
  }
}
