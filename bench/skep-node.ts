import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { cgroupParentFolders, readCgroupLayout } from '../agent/executor/cgroup-plan.ts';
import { createExecutor } from '../agent/executor/executor-factory.ts';
import { projectRoot } from '../cli/project.ts';
import { blankTaskSpec } from '../lib/blank-service.ts';
import type { HealthCheck } from '../lib/domain/container-spec.ts';
import type { LocalContainerSpec } from '../lib/domain/local-container.ts';
import { containerMethods } from '../proto/container-services.ts';
import { type Connection, connect } from '../proto/rpc.ts';
import { localMethods } from '../proto/services.ts';
import { findProcess } from './memory/processes.ts';
import { dropRunFolder, endChild, makeRunFolder, startApart, untilAnswers } from './peer-programs.ts';

/** A daemon in no swarm, driven over its socket. */
export interface SkepNode {
  readonly calls: Connection<typeof containerMethods>['call'];
  readonly daemonPid: number;
  readonly keeperPid: number;
  /** Creates, starts, waits for the end of, and removes a container, on the bridge network. */
  run(argv: readonly string[]): Promise<void>;
  /** Starts a container that goes on; its id. */
  start(argv: readonly string[], health?: HealthCheck): Promise<string>;
  /** Runs a program in a container to its end. */
  exec(id: string, argv: readonly string[]): Promise<void>;
  /** Ends and removes a container that was started. */
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const IMAGE = 'bench:latest';
const NO_BOUND = { timeoutMs: Number.POSITIVE_INFINITY };

function specOf(argv: readonly string[], autoRemove: boolean, health?: HealthCheck): LocalContainerSpec {
  const container = { ...blankTaskSpec(IMAGE).container, command: argv };
  return {
    name: '',
    container: health === undefined ? container : { ...container, health },
    limits: {},
    reservations: {},
    restart: { name: 'no', maxRetries: 0 },
    network: '',
    ports: [],
    publishAll: false,
    autoRemove,
  };
}

async function exec(calls: SkepNode['calls'], id: string, argv: readonly string[]): Promise<void> {
  const header = { reference: id, argv, env: [], workdir: '', user: '', tty: false, stdin: false };
  const first = { exec: { ...header, privileged: false, detach: false }, data: new Uint8Array(), end: false };
  let exitCode: number | undefined;
  for await (const message of calls.exec(
    (async function* () {
      yield first;
    })(),
  )) {
    if (message.closed) exitCode = message.exitCode;
  }
  if (exitCode !== 0) throw new Error(`the program ended with ${exitCode}`);
}

/** A node of its own with an image of this root file system. */
export async function startSkepNode(folder: string, rootfsTar: Uint8Array): Promise<SkepNode> {
  const runRoot = join(folder, 'run');
  makeRunFolder(runRoot);
  const cgroupParent = `/skep-bench-node-${process.pid}`;
  const child: ChildProcess = startApart(
    [
      ...[join(projectRoot(), 'bin', 'skepd'), '--data-root', join(folder, 'data'), '--run-root', runRoot],
      ...['--cgroup-parent', cgroupParent],
    ],
    join(folder, 'skepd.log'),
  );
  const address = `unix:${join(runRoot, 'skep.sock')}`;
  const local = connect(localMethods, address, credentials.createInsecure());
  const { call: calls, close: disconnect } = connect(containerMethods, address, credentials.createInsecure());
  const started = new Set<string>();
  const remove = async (id: string): Promise<void> => {
    started.delete(id);
    await calls.remove({ reference: id, force: true, volumes: true });
  };

  const close = async (): Promise<void> => {
    for (const id of started) await remove(id);
    local.close();
    disconnect();
    await endChild(child);
    const executor = await createExecutor({
      keeperSocketPath: join(runRoot, 'keeper.sock'),
      keeperBinaryPath: join(projectRoot(), 'build', 'skep-keeper'),
      stateFolder: join(runRoot, 'containers'),
      cgroupParent,
      log: () => undefined,
    });
    await executor.shutdownKeeper();
    executor.close();
    const layout = readCgroupLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
    for (const group of cgroupParentFolders(layout, cgroupParent)) if (existsSync(group)) rmdirSync(group);
    dropRunFolder(runRoot);
  };

  try {
    const { pid } = await untilAnswers(() => local.call.info({}), START_TIMEOUT_MS);
    await local.call.importImage(
      (async function* () {
        yield { header: { reference: IMAGE, changes: [], message: '' }, data: new Uint8Array() };
        yield { data: rootfsTar };
      })(),
    );
    return {
      calls,
      daemonPid: pid,
      keeperPid: await findProcess(['skep-keeper', runRoot]),
      run: async (argv) => {
        const { id } = await calls.create({ spec: specOf(argv, true) });
        const removed = calls.wait({ reference: id, condition: 'removed' }, NO_BOUND);
        await calls.start({ reference: id });
        await removed;
      },
      start: async (argv, health) => {
        const { id } = await calls.create({ spec: specOf(argv, false, health) });
        started.add(id);
        await calls.start({ reference: id });
        return id;
      },
      exec: (id, argv) => exec(calls, id, argv),
      remove,
      close,
    };
  } catch (thrown) {
    await close().catch(() => undefined);
    const log = await readFile(join(folder, 'skepd.log'), 'utf8');
    throw new Error(`the node does not come up: ${log.slice(-2_000)}`, { cause: thrown });
  }
}
