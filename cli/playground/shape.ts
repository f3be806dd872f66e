import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SkepError } from '../../lib/errors.ts';
import { hostNames, MAX_HOSTS, RUN_ROOT, requirePlaygroundName } from './names.ts';
import { claimSubnet } from './subnets.ts';

/** What a playground was asked to be; kept in a file, since nothing else remembers it. */
export interface PlaygroundShape {
  readonly name: string;
  readonly managers: number;
  readonly workers: number;
  /** Third number of 172.30.x.0/24. */
  readonly subnet: number;
  /** Command that runs on every host but the client; a placeholder `{host}` stands for its name. */
  readonly daemon: readonly string[];
  /** Size of each host's data root, a file system of its own then; absent for as much as the machine has. */
  readonly dataLimitBytes?: number;
}

/** The parts of a shape that `up` may be asked for. */
export interface ShapeWishes {
  readonly managers?: number;
  readonly workers?: number;
  readonly daemon?: readonly string[];
  readonly dataLimitBytes?: number;
}

/** A daemon keeps its identity and its log even where hardly anything fits. */
export const MIN_DATA_LIMIT_BYTES = 1024 * 1024;

function shapeFile(name: string): string {
  return join(RUN_ROOT, name, 'playground.json');
}

async function readShape(name: string): Promise<PlaygroundShape | undefined> {
  const text = await readFile(shapeFile(name), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as PlaygroundShape);
}

/** The shape of a playground that was brought up. Throws NOT_FOUND when there is none of that name. */
export async function requireShape(name: string): Promise<PlaygroundShape> {
  requirePlaygroundName(name);
  const shape = await readShape(name);
  if (shape === undefined) {
    throw new SkepError('NOT_FOUND', `there is no playground "${name}"`, {
      help: 'start one: skep playground up',
    });
  }
  return shape;
}

/** The shape of the playground, when it has that host. Throws NOT_FOUND otherwise. */
export async function requireHost(name: string, host: string): Promise<PlaygroundShape> {
  const shape = await requireShape(name);
  const hosts = hostNames(shape.managers + shape.workers);
  if (!hosts.includes(host)) {
    throw new SkepError('NOT_FOUND', `the playground "${name}" has no host "${host}"`, {
      help: `it has ${hosts.join(', ')}`,
    });
  }
  return shape;
}

/** Remembers a shape, in one step. */
export async function writeShape(shape: PlaygroundShape): Promise<void> {
  const path = shapeFile(shape.name);
  await mkdir(join(RUN_ROOT, shape.name), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify(shape));
  await rename(`${path}.new`, path);
}

function checkWishes(managers: number, workers: number, dataLimitBytes: number | undefined): void {
  if (managers < 1) throw new SkepError('INVALID_ARGUMENT', 'a playground needs at least one manager');
  if (managers + workers > MAX_HOSTS) {
    throw new SkepError('INVALID_ARGUMENT', `a playground has at most ${MAX_HOSTS} hosts`);
  }
  if (dataLimitBytes !== undefined && dataLimitBytes < MIN_DATA_LIMIT_BYTES) {
    throw new SkepError('INVALID_ARGUMENT', 'a data root of less than 1 MiB is too small for a daemon');
  }
}

/** The shape that `up` works towards: what is there, with workers added when more are asked for. */
export async function planShape(name: string, wishes: ShapeWishes): Promise<PlaygroundShape> {
  const existing = await readShape(name);
  const managers = wishes.managers ?? existing?.managers ?? 1;
  const workers = wishes.workers ?? existing?.workers ?? 2;
  const dataLimitBytes = wishes.dataLimitBytes ?? existing?.dataLimitBytes;
  checkWishes(managers, workers, dataLimitBytes);
  const limit = dataLimitBytes === undefined ? {} : { dataLimitBytes };
  if (existing === undefined) {
    const subnet = await claimSubnet(name);
    return { name, managers, workers, subnet, daemon: wishes.daemon ?? [], ...limit };
  }
  const sameDisks = dataLimitBytes === existing.dataLimitBytes;
  if (managers !== existing.managers || workers < existing.workers || !sameDisks) {
    const disks =
      existing.dataLimitBytes === undefined ? '' : `, ${existing.dataLimitBytes} bytes of data each`;
    const has = `${existing.managers} managers and ${existing.workers} workers${disks}`;
    throw new SkepError('FAILED_PRECONDITION', `the playground "${name}" is up with ${has}`, {
      help: 'workers can be added; for anything else end it first: skep playground down',
    });
  }
  return { ...existing, managers, workers };
}
