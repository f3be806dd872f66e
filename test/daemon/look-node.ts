import { execFileSync } from 'node:child_process';
import type { ContainerSpec } from '../../lib/domain/container-spec.ts';
import type { LocalContainerSpec } from '../../lib/domain/local-container.ts';
import type { CopyToRequest } from '../../proto/container-messages.ts';
import { boxOf, header, type LocalNode } from './local-node.ts';

/** What tests ask of a node whose containers they look into. */
export interface LookNode {
  /** Starts a container; gives its id. */
  run(
    command: string,
    changes?: Partial<LocalContainerSpec>,
    container?: Partial<ContainerSpec>,
  ): Promise<string>;
  /** Runs a command in a container; gives what it prints. Throws when it fails. */
  inside(reference: string, command: string): Promise<string>;
  pidOf(reference: string): Promise<number>;
  stop(reference: string): Promise<void>;
  remove(reference: string): Promise<void>;
  copyFrom(reference: string, path: string): Promise<Buffer>;
  copyTo(reference: string, path: string, archive: Uint8Array, keepOwner?: boolean): Promise<void>;
}

/** Lines of `tar -tv` for an archive. */
export function listing(archive: Buffer): readonly string[] {
  return execFileSync('tar', ['-tvf', '-'], { input: archive, encoding: 'utf8' }).trim().split('\n');
}

/** Names in an archive, in order of the alphabet. */
export function namesIn(archive: Buffer): readonly string[] {
  const text = execFileSync('tar', ['-tf', '-'], { input: archive, encoding: 'utf8' }).trim();
  return text === '' ? [] : text.split('\n').sort();
}

/** Content of the file of that name. */
export function contentIn(archive: Buffer, name: string): string {
  return execFileSync('tar', ['-xOf', '-', name], { input: archive, encoding: 'utf8' });
}

/** The calls in short. */
export function lookNode(node: LocalNode): LookNode {
  const calls = () => node.containers();
  return {
    run: async (command, changes, container) => {
      const { id } = await calls().create({ spec: boxOf(command, changes, container) });
      await calls().start({ reference: id });
      return id;
    },
    inside: async (reference, command) => {
      const settings = {
        env: [],
        workdir: '',
        user: '',
        tty: false,
        stdin: false,
        privileged: false,
        detach: false,
      };
      let output = '';
      let exitCode: number | undefined;
      const exec = { reference, argv: ['sh', '-c', command], ...settings };
      for await (const message of calls().exec(header({ exec }))) {
        output += Buffer.from(message.data).toString();
        if (message.closed) exitCode = message.exitCode;
      }
      if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}: ${output}`);
      return output;
    },
    pidOf: async (reference) => (await calls().inspect({ reference, size: false })).pid,
    stop: async (reference) => {
      await calls().stop({ reference, signal: 'KILL' });
    },
    remove: async (reference) => {
      await calls().remove({ reference, force: true, volumes: true });
    },
    copyFrom: async (reference, path) => {
      const pieces: Uint8Array[] = [];
      for await (const { data } of calls().copyFrom({ reference, path })) pieces.push(data);
      return Buffer.concat(pieces);
    },
    copyTo: async (reference, path, archive, keepOwner = true) => {
      async function* requests(): AsyncGenerator<CopyToRequest> {
        yield { header: { reference, path, keepOwner }, data: new Uint8Array(0) };
        for (let start = 0; start < archive.length; start += 65_536) {
          yield { data: archive.subarray(start, start + 65_536) };
        }
      }
      await calls().copyTo(requests());
    },
  };
}
