import type { ContainerSpec } from '../../lib/domain/container-spec.ts';
import type { LocalContainerSpec } from '../../lib/domain/local-container.ts';
import { SkepError } from '../../lib/errors.ts';
import type { ContainerNetwork, ContainerRequest } from '../executor/executor.ts';
import type { ResolvedImage } from '../image/image-store.ts';
import type { LocalPort } from '../network/local-port.ts';
import { containerRequest } from '../worker/container-request.ts';
import { beginRun, type StoredContainer } from './container-record.ts';
import { findOnNode } from './find-container.ts';
import { type HeldPort, requireFree, wantedBindings } from './host-ports.ts';
import { holdVolumes, type LocalContext, type LocalRecord, logPathOf, subjectOf } from './local-context.ts';
import { choosePorts } from './port-probe.ts';

const CONTAINER_PREFIX = 'container:';

/** The id of the running container that a mode like `container:web` names. */
function joinedId(context: LocalContext, mode: string): string {
  const found = findOnNode(context, mode.slice(CONTAINER_PREFIX.length));
  if (found.container?.exit !== null) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `container ${found.name} does not run, so nothing of it can be shared`,
      {
        help: `start it first: skep start ${found.name}`,
      },
    );
  }
  return found.id;
}

function resolveMode(context: LocalContext, mode: string | undefined): string | undefined {
  return mode?.startsWith(CONTAINER_PREFIX) ? CONTAINER_PREFIX + joinedId(context, mode) : mode;
}

/** The specification with ids where it names other containers. */
function withIds(context: LocalContext, spec: ContainerSpec): ContainerSpec {
  const pidMode = resolveMode(context, spec.pidMode);
  const ipcMode = resolveMode(context, spec.ipcMode);
  return {
    ...spec,
    ...(pidMode === undefined ? {} : { pidMode }),
    ...(ipcMode === undefined ? {} : { ipcMode }),
  };
}

async function networkOf(
  context: LocalContext,
  id: string,
  { network }: LocalContainerSpec,
): Promise<{ readonly address: string; readonly network: ContainerNetwork }> {
  if (network === 'host') return { address: '', network: { kind: 'host' } };
  if (network === 'none') return { address: '', network: { kind: 'none' } };
  if (network.startsWith(CONTAINER_PREFIX))
    return { address: '', network: { kind: 'container', id: joinedId(context, network) } };
  return context.network.link(id);
}

/** True where a container has an address of its own that ports can lead to. */
export function isOnBridge({ network }: LocalContainerSpec): boolean {
  return network === '' || network === 'bridge';
}

/** Ports of the node that somebody other than `except` has. */
function heldPorts(context: LocalContext, except: string): readonly HeldPort[] {
  const own = [...context.records.values()].flatMap(({ stored }) =>
    stored.id === except
      ? []
      : stored.ports.map((port) => ({ ...port, holder: `container ${stored.spec.name}` })),
  );
  return [...own, ...context.swarmPorts()];
}

/** The ports of all containers that run, or are about to. */
export function localPorts(records: Iterable<LocalRecord>): readonly LocalPort[] {
  return [...records].flatMap(({ stored: { address, ports } }) =>
    ports.map((port) => ({ ...port, address })),
  );
}

/** A terminal that nobody sized, and streams that nobody waits for, are left to the keeper's defaults. */
function streamsOf({ streams }: LocalRecord): Partial<ContainerRequest> {
  if (streams === null) return {};
  const { holdOutput, stdinOnce, size } = streams;
  return { holdOutput, stdinOnce, ...(size === undefined ? {} : { terminalSize: size }) };
}

function requestOf(
  context: LocalContext,
  record: LocalRecord,
  stored: StoredContainer,
  parts: {
    readonly image: ResolvedImage;
    readonly network: ContainerNetwork;
    readonly volumeFolders: ReadonlyMap<string, string>;
  },
): ContainerRequest {
  const { id, spec } = stored;
  // On the node's own network a container has the node's name too, as in Docker.
  const named =
    parts.network.kind === 'host' ? { hostname: context.facts.hostname, ...spec.container } : spec.container;
  const subject = subjectOf({ ...stored, spec: { ...spec, container: withIds(context, named) } });
  const facts = {
    ...context.facts,
    logPath: logPathOf(context, id),
    volumeFolders: parts.volumeFolders,
  };
  const request = containerRequest(subject, parts.image, parts.network, facts);
  return {
    ...request,
    ...streamsOf(record),
    writableFolder: context.files.folderOf(id),
    writableIsVolatile: spec.autoRemove,
  };
}

/**
 * Everything that a run needs, its address and ports included, and the record on disk that says that it is about to be
 * started. Rejects when the specification cannot be met now; nothing runs then.
 */
export async function prepareRun(context: LocalContext, record: LocalRecord): Promise<ContainerRequest> {
  const { id, spec, imageId, startedAtMs } = record.stored;
  const image = context.images.resolve(imageId);
  const [{ address, network }, volumeFolders] = await Promise.all([
    networkOf(context, id, spec),
    holdVolumes(context, record, image.layerFolders),
    spec.autoRemove && startedAtMs !== null ? context.files.removeWork(id) : undefined,
  ]);
  const exposed = image.image.config.exposedPorts;
  const wanted = isOnBridge(spec) ? wantedBindings(spec.ports, spec.publishAll, exposed) : [];
  const held = () => heldPorts(context, id);
  const ports = wanted.length === 0 ? [] : await choosePorts(wanted, held, context.random);
  // In the same turn as they are written down: another start may have taken one meanwhile.
  for (const port of ports) requireFree(port, held());
  record.stored = beginRun(record.stored, { keeper: context.keeperInstance(), address, ports });
  const request = requestOf(context, record, record.stored, { image, network, volumeFolders });
  await Promise.all([
    context.files.save(record.stored),
    ports.length === 0 ? undefined : context.network.publish(localPorts(context.records.values())),
  ]);
  return request;
}
