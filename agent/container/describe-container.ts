import { join } from 'node:path';
import { SkepError } from '../../lib/errors.ts';
import type { LocalContainerMessage } from '../../proto/container-messages.ts';
import { runProgram } from '../volume/program.ts';
import { programSetting } from '../worker/container-request.ts';
import type { ContainerOnNode } from './container-on-node.ts';
import { imageOfTask, localMessage, taskMessage } from './container-view.ts';
import { type FoundContainer, findOnNode } from './find-container.ts';
import {
  configOf,
  isAlive,
  type LocalContext,
  type LocalRecord,
  logPathOf,
  subjectOf,
} from './local-context.ts';

/** Measuring a writable layer of millions of files. */
const MEASURE_TIMEOUT_MS = 60_000;
const BLOCK_BYTES = 1_024;

function layersOf(context: LocalContext, imageId: string): readonly string[] {
  return context.images.resolve(imageId).layerFolders;
}

function messageOf(context: LocalContext, found: FoundContainer): LocalContainerMessage {
  return found.kind === 'local' ? localMessage(context, found.record) : taskMessage(context, found.entry);
}

/** Where a container keeps its changes. A task's go with its container. */
function writableFolderOf(context: LocalContext, found: FoundContainer): string {
  return found.kind === 'local' ? context.files.folderOf(found.id) : join(context.taskLayersFolder, found.id);
}

/** A container of this node as those see it who look at its files and processes: see container-on-node.ts. */
export function containerOnNode(context: LocalContext, reference: string): ContainerOnNode {
  const found = findOnNode(context, reference);
  const { id, name, state, pid, spec, imageId, volumeFolders } = messageOf(context, found);
  const subject = found.kind === 'local' ? subjectOf(found.record.stored) : found.entry.task;
  const image = found.kind === 'local' ? imageId : imageOfTask(found.entry, context.images);
  return {
    id,
    name,
    isTask: found.kind === 'task',
    state,
    pid,
    imageId: image,
    spec: spec.container,
    layers: layersOf(context, image),
    writableFolder: writableFolderOf(context, found),
    stateFolder: join(context.stateFolder, id),
    cgroupPath: join(context.cgroupParent, id),
    logPath: found.kind === 'local' ? logPathOf(context, id) : context.taskLogPath(id),
    setting: programSetting(subject, configOf(context.images, image), context.facts.hostname),
    volumeFolders: new Map(Object.entries(volumeFolders)),
  };
}

async function withSize(
  context: LocalContext,
  found: FoundContainer,
  message: LocalContainerMessage,
): Promise<LocalContainerMessage> {
  const upper = join(writableFolderOf(context, found), 'upper');
  const output = await runProgram('du', ['-skx', '--', upper], { timeoutMs: MEASURE_TIMEOUT_MS }).catch(
    () => '',
  );
  const blocks = Number.parseInt(output, 10);
  return { ...message, writableBytes: Number.isNaN(blocks) ? 0 : blocks * BLOCK_BYTES };
}

/** A container as users see it. */
export async function inspectContainer(
  context: LocalContext,
  { reference, size }: { readonly reference: string; readonly size: boolean },
): Promise<LocalContainerMessage> {
  const found = findOnNode(context, reference);
  const message = messageOf(context, found);
  return size ? withSize(context, found, message) : message;
}

function isListed(context: LocalContext, record: LocalRecord, all: boolean): boolean {
  return context.records.has(record.stored.id) && (all || isAlive(record));
}

/** The containers of this node, tasks' too, the newest first. */
export async function listContainers(
  context: LocalContext,
  { all, size }: { readonly all: boolean; readonly size: boolean },
): Promise<readonly LocalContainerMessage[]> {
  const own = [...context.records.values()]
    .filter((record) => isListed(context, record, all))
    .map((record) => localMessage(context, record));
  const ofTasks = context
    .tasks()
    .filter(({ container }) => all || container.exit === null)
    .map((entry) => taskMessage(context, entry));
  const messages = [...own, ...ofTasks].sort((one, other) => other.createdAtMs - one.createdAtMs);
  if (!size) return messages;
  const sized: LocalContainerMessage[] = [];
  for (const message of messages) sized.push(await sizedMessage(context, message));
  return sized;
}

async function sizedMessage(
  context: LocalContext,
  message: LocalContainerMessage,
): Promise<LocalContainerMessage> {
  try {
    return await withSize(context, findOnNode(context, message.id), message);
  } catch (thrown) {
    // It may have gone while the others were measured.
    if (thrown instanceof SkepError && thrown.code === 'NOT_FOUND') return message;
    throw thrown;
  }
}
