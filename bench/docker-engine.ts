import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { findProcesses, residentBytes } from './memory/processes.ts';
import {
  dropRunFolder,
  endChild,
  isInstalled,
  makeRunFolder,
  startApart,
  untilAnswers,
} from './peer-programs.ts';

/** A Docker Engine of its own, driven over its API as we drive ours: connections are kept, no client starts. */
export interface DockerEngine {
  /** Creates, starts, waits for the end of, and removes a container, on the bridge network. */
  run(argv: readonly string[]): Promise<void>;
  /** Starts a container that goes on; its id. */
  start(argv: readonly string[]): Promise<string>;
  /** Runs a program in a container to its end. */
  exec(id: string, argv: readonly string[]): Promise<void>;
  /** Resident memory of the shims, which stay beside each container. */
  shimBytes(): Promise<number>;
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const IMAGE = 'bench';

/** A call over the engine's socket; the answer's body. */
type Call = (method: string, path: string, body?: unknown) => Promise<string>;

function callsOver(socketPath: string): Call {
  const agent = new Agent({ keepAlive: true });
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const isArchive = body instanceof Uint8Array;
      const bytes = body === undefined ? undefined : isArchive ? body : Buffer.from(JSON.stringify(body));
      const headers =
        bytes === undefined
          ? {}
          : {
              'content-type': isArchive ? 'application/x-tar' : 'application/json',
              'content-length': bytes.length,
            };
      const receive = (response: IncomingMessage): void => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => {
          const text = Buffer.concat(pieces).toString();
          if ((response.statusCode ?? 500) < 400) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
      };
      request({ socketPath, agent, method, path: `/v1.41${path}`, headers }, receive)
        .on('error', reject)
        .end(bytes);
    });
}

async function create(call: Call, argv: readonly string[], autoRemove: boolean): Promise<string> {
  const spec = { Image: IMAGE, Cmd: argv, HostConfig: { AutoRemove: autoRemove } };
  return JSON.parse(await call('POST', '/containers/create', spec)).Id;
}

/** The engine with an image of this root file system, or null where docker.io is not installed. */
export async function startDockerEngine(folder: string, rootfsTar: Uint8Array): Promise<DockerEngine | null> {
  if (!isInstalled('dockerd')) return null;
  const socket = join(folder, 'docker.sock');
  const execRoot = join(folder, 'exec');
  makeRunFolder(execRoot);
  const child: ChildProcess = startApart(
    [
      ...['dockerd', '--host', `unix://${socket}`, '--data-root', join(folder, 'data')],
      ...['--exec-root', execRoot, '--pidfile', join(folder, 'docker.pid')],
    ],
    join(folder, 'docker.log'),
  );
  const call = callsOver(socket);
  try {
    await untilAnswers(() => call('GET', '/_ping'), START_TIMEOUT_MS);
    await call('POST', `/images/create?fromSrc=-&repo=${IMAGE}`, rootfsTar);
  } catch (thrown) {
    await endChild(child);
    dropRunFolder(execRoot);
    const log = await readFile(join(folder, 'docker.log'), 'utf8');
    throw new Error(`the engine does not come up: ${log.slice(-2_000)}`, { cause: thrown });
  }
  const started: string[] = [];
  return {
    run: async (argv) => {
      const id = await create(call, argv, true);
      const removed = call('POST', `/containers/${id}/wait?condition=removed`);
      await call('POST', `/containers/${id}/start`);
      await removed;
    },
    start: async (argv) => {
      const id = await create(call, argv, false);
      started.push(id);
      await call('POST', `/containers/${id}/start`);
      return id;
    },
    exec: async (id, argv) => {
      const spec = { Cmd: argv, AttachStdout: true, AttachStderr: true };
      const exec = JSON.parse(await call('POST', `/containers/${id}/exec`, spec)).Id;
      await call('POST', `/exec/${exec}/start`, { Detach: false, Tty: false });
      const { ExitCode: code } = JSON.parse(await call('GET', `/exec/${exec}/json`));
      if (code !== 0) throw new Error(`the program ended with ${code}`);
    },
    shimBytes: () => shimBytes(execRoot),
    close: async () => {
      for (const id of started) await call('DELETE', `/containers/${id}?force=true`);
      await endChild(child);
      dropRunFolder(execRoot);
    },
  };
}

/** Shims are told from those of other engines by the folder in their command line. */
async function shimBytes(execRoot: string): Promise<number> {
  const shims = await findProcesses(['containerd-shim', execRoot]);
  const sizes = await Promise.all(shims.map(residentBytes));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
