import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { createFilterSource, parseKernelRelease } from '../agent/executor/seccomp/filter-source.ts';
import { SkepError } from '../lib/errors.ts';
import type { Bundle, BundleProcess } from './bundle.ts';
import { readBundle } from './bundle-reader.ts';
import { type ContainerRecord, checkId, describeState } from './container-record.ts';
import { prepareCpuset, readLayout, removeGroups } from './control-groups.ts';
import { groupsPath } from './groups-plan.ts';
import { runHooks } from './hooks.ts';
import type { Runtime } from './lifecycle.ts';
import { type OneShotProgram, runOneShot } from './one-shot.ts';
import { withOpenFiles } from './program-plan.ts';
import { planBundle, planBundleExec } from './start-plan.ts';
import {
  gatePath,
  keepConfig,
  makeStateFolder,
  readKeptConfig,
  readKeptFilter,
  readRecord,
  removeStateFolder,
  startTicksOf,
  statusOf,
  writeRecord,
} from './state-folder.ts';

export interface CreateOptions {
  readonly bundlePath: string;
  readonly consoleSocket: string | null;
  readonly pidFile: string | null;
  /** The program waits for `start`. */
  readonly gated: boolean;
  readonly wait: boolean;
}

function filterOf(bundle: Bundle): Uint8Array | null {
  if (bundle.seccompText === null) return null;
  const source = createFilterSource({ version: parseKernelRelease(release()), architecture: process.arch });
  return source(bundle.seccompText, bundle.program.capabilities.bounding);
}

async function readBundleFile(bundlePath: string): Promise<string> {
  try {
    return await readFile(join(bundlePath, 'config.json'), 'utf8');
  } catch (cause) {
    throw new SkepError('NOT_FOUND', `JSON specification file config.json not found in ${bundlePath}`, {
      cause,
    });
  }
}

function readOwnBundle(runtime: Runtime, configText: string): Bundle {
  const bundle = readBundle(configText);
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return { ...bundle, program: withOpenFiles(bundle.program, runtime.openFiles, limits) };
}

function checkConsole(
  program: BundleProcess,
  options: { readonly consoleSocket: string | null; readonly wait: boolean },
): void {
  if (program.terminal && options.consoleSocket === null && !options.wait)
    throw new SkepError(
      'INVALID_ARGUMENT',
      'cannot allocate tty if runtime will detach without setting console socket',
    );
  if (!program.terminal && options.consoleSocket !== null)
    throw new SkepError('INVALID_ARGUMENT', 'cannot use console socket if runtime will not allocate tty');
}

async function launch(
  runtime: Runtime,
  bundle: Bundle,
  configText: string,
  record: ContainerRecord,
  options: CreateOptions,
): Promise<{ readonly program: OneShotProgram; readonly record: ContainerRecord }> {
  const layout = await readLayout();
  const filter = filterOf(bundle);
  const cpuset = await prepareCpuset(layout, record.groupsPath);
  const place = { bundlePath: record.bundlePath, rootFolder: record.rootFolder, path: record.groupsPath };
  const plan = planBundle(bundle, place, { layout, cpuset }, filter, options.gated);
  await keepConfig(runtime.root, record.id, configText, filter);
  try {
    const program = await runOneShot(runtime.keeperPath, {
      what: options.gated ? 'create' : 'run',
      steps: plan.steps,
      namespaces: plan.namespaces,
      joinPid: 0,
      birthFolder: plan.birthFolder,
      gatePath: options.gated ? gatePath(runtime.root, record.id) : null,
      consoleSocket: options.consoleSocket,
      wait: options.wait,
      runHooks: (pid) =>
        runHooks('prestart', bundle.hooks.create, describeState({ ...record, pid }, 'creating')),
    });
    const known = {
      ...record,
      pid: program.pid,
      startTicks: await startTicksOf(program.pid),
      groupFolders: plan.groupFolders,
      joinPaths: plan.joinPaths,
    };
    await writeRecord(runtime.root, known);
    if (options.pidFile !== null) await writeFile(options.pidFile, String(program.pid));
    return { program, record: known };
  } catch (error) {
    await removeGroups(plan.groupFolders).catch(() => {});
    throw error;
  }
}

/** Makes the container of a bundle. What fails leaves nothing behind. */
export async function createContainer(
  runtime: Runtime,
  wantedId: string | undefined,
  options: CreateOptions,
): Promise<{ readonly program: OneShotProgram; readonly record: ContainerRecord }> {
  const id = checkId(wantedId);
  const bundlePath = resolve(options.bundlePath);
  const configText = await readBundleFile(bundlePath);
  const bundle = readOwnBundle(runtime, configText);
  checkConsole(bundle.program, options);
  const rootFolder = isAbsolute(bundle.rootPath) ? bundle.rootPath : join(bundlePath, bundle.rootPath);
  const record: ContainerRecord = {
    id,
    ociVersion: bundle.ociVersion,
    bundlePath,
    rootFolder,
    pid: 0,
    startTicks: '',
    createdAt: new Date().toISOString(),
    groupFolders: [],
    joinPaths: [],
    groupsPath: groupsPath(bundle.cgroupsPath, id),
    annotations: bundle.annotations,
    poststart: bundle.hooks.poststart,
    poststop: bundle.hooks.poststop,
  };
  await makeStateFolder(runtime.root, id);
  try {
    const made = await launch(runtime, bundle, configText, record, options);
    if (!options.gated)
      await runHooks('poststart', bundle.hooks.poststart, describeState(made.record, 'running'));
    return made;
  } catch (error) {
    await removeStateFolder(runtime.root, id);
    throw error;
  }
}

export interface ExecOptions {
  readonly consoleSocket: string | null;
  readonly pidFile: string | null;
  readonly wait: boolean;
}

/** Runs a program inside a running container. FAILED_PRECONDITION when it does not run. */
export async function execInContainer(
  runtime: Runtime,
  id: string | undefined,
  choose: (own: BundleProcess) => BundleProcess,
  options: ExecOptions,
): Promise<OneShotProgram> {
  const record = await readRecord(runtime.root, checkId(id));
  const status = await statusOf(runtime.root, record);
  if (status === 'stopped') throw new SkepError('FAILED_PRECONDITION', 'cannot exec in a stopped container');
  if (status === 'paused') throw new SkepError('FAILED_PRECONDITION', 'cannot exec in a paused container');
  const bundle = readOwnBundle(runtime, await readKeptConfig(runtime.root, record.id));
  const entering = choose(bundle.program);
  checkConsole(entering, options);
  const filter = await readKeptFilter(runtime.root, record.id);
  const program = await runOneShot(runtime.keeperPath, {
    what: 'exec failed',
    steps: planBundleExec(entering, record.joinPaths, filter),
    namespaces: 0,
    joinPid: record.pid,
    birthFolder: null,
    gatePath: null,
    consoleSocket: options.consoleSocket,
    wait: options.wait,
    runHooks: () => Promise.resolve(),
  });
  if (options.pidFile !== null) await writeFile(options.pidFile, String(program.pid));
  return program;
}
