import { mkdir, readFile, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { dirname } from 'node:path';
import { SkepError } from '../../lib/errors.ts';
import type { Log } from '../../lib/ports.ts';
import type { NetlinkMessage } from '../network/netlink-message.ts';
import { normalizeCgroupParent, readCgroupLayout } from './cgroup-plan.ts';
import {
  type ContainerNote,
  capabilitiesOf,
  decodeNote,
  encodeNote,
  filterPath,
  type HostFacts,
  planContainer,
  planExec,
  planStreamedExec,
  type StartPlan,
} from './container-plan.ts';
import { openContainerStream } from './container-stream.ts';
import type { ContainerRequest, ContainerState, ExecResult, Executor, NetlinkAnswer } from './executor.ts';
import { type ExitTracker, trackExits } from './exit-tracker.ts';
import { exitCodeOfFailure, keeperError } from './keeper-errors.ts';
import { type KeeperLink, openKeeperLink } from './keeper-link.ts';
import { removeLeftovers } from './leftovers.ts';
import { encodeLogSettings } from './log-fields.ts';
import { joinedIds, type NamespaceNote, withJoined } from './namespace-plan.ts';
import { findDevices } from './node-devices.ts';
import {
  bytesField,
  decodeContainer,
  decodeNetlinkAnswers,
  encodeNetlink,
  encodeSteps,
  FIELDS,
  type Field,
  fieldBytes,
  fieldNumber,
  type KeptContainer,
  numberField,
  type RequestKind,
  stringField,
} from './protocol.ts';
import { createFilterSource, parseKernelRelease } from './seccomp/filter-source.ts';
import { openWritableLayers, type WritableLayers } from './writable-layers.ts';

export interface ExecutorOptions {
  readonly keeperSocketPath: string;
  readonly keeperBinaryPath: string;
  /** Absolute; the containers' folders lie here. One keeper has one state folder. */
  readonly stateFolder: string;
  /** Absolute; the writable layers that go with their containers lie here. Absent = in the state folder. */
  readonly writableFolder?: string;
  /** `/skep`: the group below which each container gets its own, in every hierarchy. Made when missing. */
  readonly cgroupParent: string;
  readonly log: Log;
}

type ContainerActions = Omit<Executor, 'list' | 'netlink' | 'onExit'>;

/** The executor of a node, and what its daemon needs beyond running containers. */
export interface NodeExecutor extends Executor {
  /** Lets go of the keeper; containers and keeper go on. */
  close(): void;
  /** Different for every run of a keeper: containers known from another instance are gone. */
  readonly keeperInstance: string;
  /** Ends and removes what belongs to no container of the keeper and is not in `known`. */
  cleanLeftovers(known: readonly string[]): Promise<void>;
  /** Ends the keeper, and with it every container that still runs. */
  shutdownKeeper(): Promise<void>;
}

/** The keeper itself gives a start 60 s. */
const START_TIMEOUT_MS = 70_000;
const EXEC_SLACK_MS = 10_000;
const ATTACH_TIMEOUT_MS = 10_000;
/** Netlink messages go out in requests of this size, below the keeper's limit for a frame. */
const NETLINK_BATCH_BYTES = 512 * 1024;
/** The keeper does nothing else during one request, so a long list goes in parts. */
const NETLINK_BATCH_MESSAGES = 1_024;

async function checkBinds(request: ContainerRequest): Promise<void> {
  for (const bind of request.binds) {
    try {
      await stat(bind.source);
    } catch (cause) {
      throw new SkepError('FAILED_PRECONDITION', `bind source path does not exist: ${bind.source}`, {
        cause,
        help: 'create it on every node where the task may run, or add a constraint',
      });
    }
  }
}

/** The fields of a start request. */
export function encodeStart(request: ContainerRequest, plan: StartPlan): Uint8Array[] {
  return [
    stringField(FIELDS.id, request.id),
    numberField(FIELDS.namespaces, plan.namespaces),
    stringField(FIELDS.logPath, request.logPath),
    ...encodeLogSettings(request.log),
    bytesField(FIELDS.note, encodeNote(plan.note)),
    ...(plan.joins.pid === undefined ? [] : [stringField(FIELDS.joinPid, plan.joins.pid)]),
    ...(plan.joins.ipc === undefined ? [] : [stringField(FIELDS.joinIpc, plan.joins.ipc)]),
    ...(plan.joins.net === undefined ? [] : [stringField(FIELDS.joinNet, plan.joins.net)]),
    ...(plan.oomPath === null ? [] : [stringField(FIELDS.oomPath, plan.oomPath)]),
    ...(request.openStdin === true ? [numberField(FIELDS.input, 1)] : []),
    ...(request.stdinOnce === true ? [numberField(FIELDS.inputOnce, 1)] : []),
    ...(request.holdOutput === true ? [numberField(FIELDS.holdOutput, 1)] : []),
    ...(plan.birthFolder === null ? [] : [stringField(FIELDS.cgroup, plan.birthFolder)]),
    encodeSteps(plan.steps),
  ];
}

function batchNetlink(messages: readonly NetlinkMessage[]): Uint8Array[][] {
  const batches: Uint8Array[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const field = encodeNetlink(message.protocol, message.bytes);
    const full =
      bytes + field.length > NETLINK_BATCH_BYTES || batches.at(-1)?.length === NETLINK_BATCH_MESSAGES;
    if (full) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(field);
    bytes += field.length;
  }
  return batches;
}

/** The fields of a good answer; a refusal becomes a SkepError that begins with `what`. */
async function ask(
  link: KeeperLink,
  kind: RequestKind,
  what: string,
  fields: readonly Uint8Array[],
  timeoutMs?: number,
): Promise<readonly Field[]> {
  const reply = await link.request(kind, fields, timeoutMs);
  if ('refused' in reply) throw keeperError(what, reply.refused);
  return reply.fields;
}

async function listKept(link: KeeperLink): Promise<KeptContainer[]> {
  const fields = await ask(link, 'list', 'list containers', []);
  return fields
    .filter((field) => field.tag === FIELDS.container)
    .map((field) => decodeContainer(field.bytes));
}

/** The notes of all containers as the keeper has them; those of running ones are remembered. */
async function listNotes(link: KeeperLink, exits: ExitTracker): Promise<ReadonlyMap<string, Uint8Array>> {
  const notes = new Map<string, Uint8Array>();
  for (const { state, note } of await listKept(link)) {
    notes.set(state.id, note);
    if (state.exit !== null) continue;
    try {
      exits.notes.set(state.id, decodeNote(note));
    } catch {
      // Whoever needs this one is told; the others are not held up by it.
    }
  }
  return notes;
}

async function runExec(
  link: KeeperLink,
  id: string,
  note: ContainerNote,
  argv: readonly string[],
  options: Parameters<Executor['exec']>[2],
  filter: Uint8Array | null,
): Promise<ExecResult> {
  const fields = [
    stringField(FIELDS.id, id),
    numberField(FIELDS.timeoutMs, Math.max(1, Math.ceil(options.timeoutMs))),
    encodeSteps(planExec(note, argv, options, filter)),
  ];
  const reply = await link.request('exec', fields, options.timeoutMs + EXEC_SLACK_MS);
  if (!('refused' in reply)) {
    return {
      exitCode: fieldNumber(reply.fields, FIELDS.exitCode),
      timedOut: fieldNumber(reply.fields, FIELDS.timedOut) === 1,
      output: new TextDecoder().decode(fieldBytes(reply.fields, FIELDS.output)),
    };
  }
  const failure = reply.refused;
  const exitCode = exitCodeOfFailure(failure);
  // A program that cannot be run is the check's own failure, like a shell's 127; the rest is the node's.
  if (failure.kind === 'step-failed' && exitCode !== 125)
    return { exitCode, timedOut: false, output: failure.text };
  throw keeperError(`exec in container ${id}`, failure);
}

async function hostFacts(options: ExecutorOptions): Promise<HostFacts> {
  if (!options.stateFolder.startsWith('/')) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `the state folder ${options.stateFolder} is not an absolute path`,
    );
  }
  return {
    cgroups: readCgroupLayout(await readFile('/proc/self/mountinfo', 'utf8')),
    cgroupParent: normalizeCgroupParent(options.cgroupParent),
    stateFolder: options.stateFolder,
  };
}

/** The part of the executor that acts on containers. */
function containerActions(
  link: KeeperLink,
  exits: ExitTracker,
  host: HostFacts,
  socketPath: string,
): ContainerActions {
  const filterFor = createFilterSource({
    version: parseKernelRelease(release()),
    architecture: process.arch,
  });
  const filterOf = async (id: string, note: ContainerNote): Promise<Uint8Array | null> => {
    if (note.syscallFilter === 'none') return null;
    if (note.syscallFilter === 'default') return filterFor(undefined, note.capabilities);
    return readFile(filterPath(host.stateFolder, id));
  };
  let learning: Promise<ReadonlyMap<string, Uint8Array>> | null = null;
  // One list answers all who ask at the same time: after a restart, the first health check of every container does.
  const learnNotes = (): Promise<ReadonlyMap<string, Uint8Array>> => {
    learning ??= listNotes(link, exits).finally(() => {
      learning = null;
    });
    return learning;
  };
  const noteOf = async (id: string): Promise<ContainerNote> => {
    const known = exits.notes.get(id);
    if (known !== undefined) return known;
    // The list that others wait for may be older than the container.
    const isOwn = learning === null;
    const note = (await learnNotes()).get(id) ?? (isOwn ? undefined : (await learnNotes()).get(id));
    if (note === undefined) {
      throw new SkepError('NOT_FOUND', `exec in container ${id}: no container has this id`);
    }
    return exits.notes.get(id) ?? decodeNote(note);
  };

  const joinOthers = async (request: ContainerRequest): Promise<ContainerRequest> => {
    const ids = joinedIds(request);
    if (ids.length === 0) return request;
    const kept = await listKept(link);
    const notes = new Map<string, NamespaceNote>();
    for (const id of ids) {
      const other = kept.find((container) => container.state.id === id);
      if (other === undefined || other.state.exit !== null) {
        const what = `container ${request.id}: it cannot join container ${id}, which is not running`;
        throw new SkepError('FAILED_PRECONDITION', what, { help: 'start that one first' });
      }
      notes.set(id, decodeNote(other.note));
    }
    return withJoined(request, notes);
  };

  return {
    start: async (wanted) => {
      const request = await joinOthers(wanted);
      // As in Docker: a privileged container has a filter only when it names one.
      const unfiltered = request.privileged === true && request.seccompProfile === undefined;
      const filter = unfiltered ? null : filterFor(request.seccompProfile, capabilitiesOf(request));
      const plan = planContainer(request, host, filter, await findDevices(request));
      await checkBinds(request);
      await mkdir(dirname(request.logPath), { recursive: true });
      const what = `container ${request.id}`;
      const fields = await ask(link, 'start', what, encodeStart(request, plan), START_TIMEOUT_MS);
      const { state } = decodeContainer(fieldBytes(fields, FIELDS.container));
      exits.notes.set(request.id, plan.note);
      exits.running.set(request.id, state);
      return state;
    },
    signal: async (id, signal) => {
      const fields = [stringField(FIELDS.id, id), numberField(FIELDS.signal, signal)];
      await ask(link, 'signal', `signal container ${id}`, fields);
    },
    kill: async (id) => {
      await ask(link, 'kill', `kill container ${id}`, [stringField(FIELDS.id, id)]);
    },
    remove: async (id) => {
      await ask(link, 'remove', `remove container ${id}`, [stringField(FIELDS.id, id)]);
    },
    exec: async (id, argv, execOptions) => {
      const note = await noteOf(id);
      return runExec(link, id, note, argv, execOptions, await filterOf(id, note));
    },
    attach: (id, { stdin, output }) => {
      const fields = [
        stringField(FIELDS.id, id),
        numberField(FIELDS.input, stdin ? 1 : 0),
        numberField(FIELDS.wantOutput, output ? 1 : 0),
      ];
      return openContainerStream(
        socketPath,
        'attach',
        fields,
        `attach to container ${id}`,
        ATTACH_TIMEOUT_MS,
      );
    },
    execStream: async (id, argv, execOptions) => {
      const note = await noteOf(id);
      const filter = await filterOf(id, note);
      const fields = [
        stringField(FIELDS.id, id),
        numberField(FIELDS.input, execOptions.stdin ? 1 : 0),
        encodeSteps(planStreamedExec(note, argv, execOptions, filter)),
      ];
      const what = `exec in container ${id}`;
      return openContainerStream(socketPath, 'execStream', fields, what, START_TIMEOUT_MS);
    },
    pause: async (id) => {
      await ask(link, 'pause', `pause container ${id}`, [stringField(FIELDS.id, id)]);
    },
    unpause: async (id) => {
      await ask(link, 'unpause', `unpause container ${id}`, [stringField(FIELDS.id, id)]);
    },
  };
}

/** Without an answer, or beside another start of the same, a container may be there and use its layer. */
const MAY_RUN: ReadonlySet<string> = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'ALREADY_EXISTS']);

/** Gives each container that has no writable folder one of `layers`, and takes it away with the container. */
function onLayers(actions: ContainerActions, layers: WritableLayers): ContainerActions {
  return {
    ...actions,
    start: async (request) => {
      if (request.writableFolder !== undefined) return actions.start(request);
      const { id } = request;
      const onLayer = { ...request, writableFolder: layers.folderOf(id), writableIsVolatile: true };
      try {
        return await actions.start(onLayer);
      } catch (thrown) {
        if (!(thrown instanceof SkepError && MAY_RUN.has(thrown.code))) await layers.takeAway(id);
        throw thrown;
      }
    },
    remove: async (id) => {
      await actions.remove(id);
      await layers.takeAway(id);
    },
  };
}

/**
 * The executor of this node: finds its keeper or starts one. Rejects with FAILED_PRECONDITION when the node lacks what
 * containers need, UNAVAILABLE when the keeper does not come up.
 */
export async function createExecutor(options: ExecutorOptions): Promise<NodeExecutor> {
  const host = await hostFacts(options);
  const place = {
    binaryPath: options.keeperBinaryPath,
    socketPath: options.keeperSocketPath,
    stateFolder: options.stateFolder,
  };
  const exits = trackExits(options.log);
  const link: KeeperLink = await openKeeperLink(
    place,
    {
      onExit: (container) => exits.exited(container.state),
      onConnected: async (connected) => {
        const known = [...exits.running.keys()];
        exits.reconcile(await listKept(connected), known, Date.now());
      },
    },
    options.log,
  );

  const list = async (): Promise<readonly ContainerState[]> => {
    const kept = await listKept(link);
    for (const { state } of kept) if (state.exit === null) exits.running.set(state.id, state);
    return kept.map((container) => container.state);
  };

  const actions = containerActions(link, exits, host, options.keeperSocketPath);
  const { writableFolder, log } = options;
  const layers = writableFolder === undefined ? null : await openWritableLayers(writableFolder, log);
  return {
    ...(layers === null ? actions : onLayers(actions, layers)),
    list,
    netlink: async (messages) => {
      const answers: NetlinkAnswer[] = [];
      for (const batch of batchNetlink(messages)) {
        answers.push(...decodeNetlinkAnswers(await ask(link, 'netlink', 'netlink', batch)));
      }
      return answers;
    },
    onExit: (listener) => {
      exits.listeners.add(listener);
      return () => exits.listeners.delete(listener);
    },
    close: () => link.close(),
    get keeperInstance() {
      return link.instance();
    },
    cleanLeftovers: async (known) => {
      const owned = new Set([...known, ...(await list()).map((state) => state.id)]);
      const found = await removeLeftovers(host.cgroups, host.cgroupParent, host.stateFolder, owned);
      const count = Math.max(found.length, (await layers?.takeStrangers(owned)) ?? 0);
      if (count > 0) log('info', 'Removed what lost containers left.', { count });
    },
    shutdownKeeper: async () => {
      await ask(link, 'shutdown', 'stop the keeper', []);
      link.close();
    },
  };
}
