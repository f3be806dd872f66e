import { join } from 'node:path';
import type { HealthCheck } from '../../lib/domain/container-spec.ts';
import type { Clock, Log, Random } from '../../lib/ports.ts';
import type { ContainerNetwork, ContainerState, Executor, TerminalSize } from '../executor/executor.ts';
import type { ImageConfig, ImageStore } from '../image/image-store.ts';
import type { LocalPort } from '../network/local-port.ts';
import type { VolumeStore, WantedVolume } from '../volume/volume-store.ts';
import {
  type LocalSubject,
  type NodeFacts,
  type ProgramSetting,
  programSetting,
} from '../worker/container-request.ts';
import type { DrivenRecord } from '../worker/drive.ts';
import type { HealthProbe, HealthPump, ProbedRecord } from '../worker/health-pump.ts';
import { parseSignal, SIGNAL_TERM } from '../worker/signals.ts';
import { imageVolumeTargets } from '../worker/task-volumes.ts';
import type { TaskContainer } from '../worker/worker.ts';
import type { ContainerFiles } from './container-files.ts';
import type { StoredContainer } from './container-record.ts';
import { type ContainerObservation, type ContainerStop, nextStep } from './container-step.ts';
import type { HeldPort } from './host-ports.ts';

/** What a user who waits at a container's start wants of its streams. */
export interface FirstStreams {
  readonly holdOutput: boolean;
  readonly stdinOnce: boolean;
  readonly size?: TerminalSize;
}

interface StartWaiter {
  readonly resolve: () => void;
  readonly reject: (thrown: unknown) => void;
}

/** What is held of one container of this node alone. */
export interface LocalRecord extends ProbedRecord, DrivenRecord {
  stored: StoredContainer;
  container: ContainerState | undefined;
  isPaused: boolean;
  /** The last runs of its health check, oldest first. */
  healthLog: readonly HealthProbe[];
  stop: ContainerStop | null;
  /** For the next start alone. */
  streams: FirstStreams | null;
  volumeFolders: ReadonlyMap<string, string> | null;
  startWaiters: readonly StartWaiter[];
  /** Called after every change. */
  readonly listeners: Set<() => void>;
  /** How often it came to rest. */
  rests: number;
  isGone: boolean;
}

/** The node's network as far as its own containers need it. */
export interface LocalNetwork {
  link(containerId: string): Promise<{ readonly address: string; readonly network: ContainerNetwork }>;
  /** Found running by a daemon that starts. */
  adopt(containerId: string): void;
  letGo(containerId: string): void;
  publish(ports: readonly LocalPort[]): Promise<void>;
}

export interface LocalDependencies {
  readonly executor: Executor;
  /** Distinguishes the keeper that runs now from one of before a reboot. */
  readonly keeperInstance: () => string;
  readonly images: ImageStore;
  readonly volumes: VolumeStore;
  readonly network: LocalNetwork;
  readonly facts: Omit<NodeFacts, 'logPath' | 'volumeFolders'>;
  /** Holds a folder for each container. */
  readonly folder: string;
  /** Of the keeper. */
  readonly stateFolder: string;
  /** Holds the writable layers of tasks' containers. */
  readonly taskLayersFolder: string;
  readonly cgroupParent: string;
  /** The containers of tasks on this node. */
  readonly tasks: () => readonly TaskContainer[];
  readonly taskLogPath: (taskId: string) => string;
  /** Ports of this node that a swarm publishes. */
  readonly swarmPorts: () => readonly HeldPort[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** What the functions of this room share. */
export interface LocalContext extends LocalDependencies {
  readonly files: ContainerFiles;
  readonly records: Map<string, LocalRecord>;
  /** Names that are being given. */
  readonly reservedNames: Set<string>;
  readonly healthPump: HealthPump<LocalRecord>;
  /** Carries out what there is to do for a container, now or when the present step is done. */
  readonly drive: (record: LocalRecord) => void;
  /** Containers are left alone until the node knows its network. */
  hasBegun: boolean;
  closed: boolean;
  cancelCompare: () => void;
}

const nothing = () => undefined;
const NO_CONFIG: ImageConfig = {
  entrypoint: [],
  cmd: [],
  env: [],
  workingDir: '',
  user: '',
  exposedPorts: [],
  labels: {},
  stopSignal: '',
  volumes: [],
};

/** The image's configuration; an empty one when the image is gone while its container is still here. */
export function configOf(images: ImageStore, imageId: string): ImageConfig {
  try {
    return images.inspect(imageId).config;
  } catch {
    return NO_CONFIG;
  }
}

/** A record for a container that was made or found on disk. */
export function newRecord(stored: StoredContainer, container: ContainerState | undefined): LocalRecord {
  return {
    stored,
    container,
    isPaused: false,
    health: null,
    healthLog: [],
    stop: null,
    streams: null,
    volumeFolders: null,
    startWaiters: [],
    listeners: new Set(),
    rests: 0,
    isGone: false,
    busy: false,
    again: false,
    retryDelayMs: 0,
    cancelTimer: nothing,
    cancelProbe: nothing,
  };
}

/** The record as the pure step sees it. */
export function observe(context: LocalContext, record: LocalRecord): ContainerObservation {
  return {
    stored: record.stored,
    container: record.container,
    stop: record.stop,
    keeperInstance: context.keeperInstance(),
    nowMs: context.clock.nowMs(),
  };
}

/** What is to be done next. */
export function nextStepOf(context: LocalContext, record: LocalRecord) {
  return nextStep(observe(context, record));
}

/** Tells those who wait for something of the container to look. */
export function notify(record: LocalRecord): void {
  for (const listener of [...record.listeners]) listener();
}

/** True while the keeper runs it. */
export function runs(record: LocalRecord): boolean {
  return record.container !== undefined && record.container.exit === null;
}

/** True for one that runs or will by itself: what its rule or its user restarts counts, as in Docker. */
export function isAlive(record: LocalRecord): boolean {
  const { goal, startedAtMs } = record.stored;
  return runs(record) || goal === 'cycled' || (goal === 'running' && startedAtMs !== null);
}

/** The container in the words that make a request. */
export function subjectOf({ id, spec, address }: StoredContainer): LocalSubject {
  const { container, limits, reservations } = spec;
  return {
    kind: 'local',
    id,
    spec: { container, limits, reservations },
    attachments: address === '' ? [] : [{ address }],
  };
}

/** The json-file log of a container. */
export function logPathOf({ folder }: Pick<LocalDependencies, 'folder'>, id: string): string {
  return join(folder, id, 'log', `${id}-json.log`);
}

/** What its health checks, and programs that enter it, start with. */
export function settingOf({ images, facts }: LocalDependencies, stored: StoredContainer): ProgramSetting {
  return programSetting(subjectOf(stored), configOf(images, stored.imageId), facts.hostname);
}

/** The specification's health check, else the image's. */
export function healthCheckOf(
  { images }: LocalDependencies,
  stored: StoredContainer,
): HealthCheck | undefined {
  return stored.spec.container.health ?? configOf(images, stored.imageId).health;
}

/** The specification's stop signal, else the image's, else SIGTERM. */
export function stopSignalOf({ images }: LocalDependencies, { spec, imageId }: StoredContainer): number {
  const text = spec.container.stopSignal ?? configOf(images, imageId).stopSignal;
  try {
    return text === '' ? SIGNAL_TERM : parseSignal(text);
  } catch {
    // An image may say anything.
    return SIGNAL_TERM;
  }
}

/** The volumes of a container: its own, those without a name under one of its own, then those its image declares. */
export function volumesOf(
  { images }: Pick<LocalDependencies, 'images'>,
  { id, spec, imageId }: Pick<StoredContainer, 'id' | 'spec' | 'imageId'>,
): readonly WantedVolume[] {
  const { mounts } = spec.container;
  const declared = imageVolumeTargets(mounts, configOf(images, imageId)).map((target, place) => ({
    name: `${id}-image-${place}`,
    target,
    copiesImage: true,
    anonymous: true,
  }));
  const asked = mounts.flatMap((mount, place) =>
    mount.kind === 'volume'
      ? [
          {
            name: mount.source === '' ? `${id}-${place}` : mount.source,
            target: mount.target,
            copiesImage: mount.noCopy !== true,
            anonymous: mount.source === '',
          },
        ]
      : [],
  );
  return [...asked, ...declared];
}

/** Where the volumes of a container are, by target; made ready when they are not. */
export async function holdVolumes(
  context: LocalDependencies,
  record: LocalRecord,
  layerFolders: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { stored } = record;
  const user = { taskId: stored.id, name: stored.spec.name };
  record.volumeFolders ??= await context.volumes.hold(user, volumesOf(context, stored), layerFolders);
  return record.volumeFolders;
}
