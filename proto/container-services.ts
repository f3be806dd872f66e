import * as container from './container-messages.ts';
import { emptyCodec } from './messages.ts';
import { bidi, clientStream, serverStream, unary } from './rpc.ts';

/**
 * What users ask of containers, on the socket of a node. The containers are the node's own, those that tasks run in on
 * it, and, where the node is a manager, those of tasks on every node.
 */
export const containerMethods = {
  create: unary(
    '/skep.v1.Containers/Create',
    container.createContainerRequestCodec,
    container.createContainerResponseCodec,
  ),
  start: unary('/skep.v1.Containers/Start', container.containerReferenceCodec, emptyCodec),
  stop: unary('/skep.v1.Containers/Stop', container.stopContainerRequestCodec, emptyCodec),
  restart: unary('/skep.v1.Containers/Restart', container.stopContainerRequestCodec, emptyCodec),
  kill: unary('/skep.v1.Containers/Kill', container.killContainerRequestCodec, emptyCodec),
  pause: unary('/skep.v1.Containers/Pause', container.containerReferenceCodec, emptyCodec),
  unpause: unary('/skep.v1.Containers/Unpause', container.containerReferenceCodec, emptyCodec),
  remove: unary('/skep.v1.Containers/Remove', container.removeContainerRequestCodec, emptyCodec),
  rename: unary('/skep.v1.Containers/Rename', container.renameContainerRequestCodec, emptyCodec),
  /** Answers when the condition holds: the caller lifts the bound on the call. */
  wait: unary(
    '/skep.v1.Containers/Wait',
    container.waitContainerRequestCodec,
    container.waitContainerResponseCodec,
  ),
  list: unary(
    '/skep.v1.Containers/List',
    container.listContainersRequestCodec,
    container.listContainersResponseCodec,
  ),
  inspect: unary(
    '/skep.v1.Containers/Inspect',
    container.inspectContainerRequestCodec,
    container.localContainerCodec,
  ),
  diff: unary(
    '/skep.v1.Containers/Diff',
    container.containerReferenceCodec,
    container.diffContainerResponseCodec,
  ),
  top: unary(
    '/skep.v1.Containers/Top',
    container.topContainerRequestCodec,
    container.topContainerResponseCodec,
  ),
  commit: unary(
    '/skep.v1.Containers/Commit',
    container.commitContainerRequestCodec,
    container.commitContainerResponseCodec,
  ),
  logs: serverStream(
    '/skep.v1.Containers/Logs',
    container.containerLogsRequestCodec,
    container.containerLogsMessageCodec,
  ),
  /** A message every second. */
  stats: serverStream(
    '/skep.v1.Containers/Stats',
    container.containerStatsRequestCodec,
    container.containerStatsMessageCodec,
  ),
  statPath: unary('/skep.v1.Containers/StatPath', container.statPathRequestCodec, container.pathStatCodec),
  copyFrom: serverStream(
    '/skep.v1.Containers/CopyFrom',
    container.copyFromRequestCodec,
    container.archiveChunkCodec,
  ),
  copyTo: clientStream('/skep.v1.Containers/CopyTo', container.copyToRequestCodec, emptyCodec),
  attach: bidi('/skep.v1.Containers/Attach', container.streamInputCodec, container.streamOutputCodec),
  exec: bidi('/skep.v1.Containers/Exec', container.streamInputCodec, container.streamOutputCodec),
} as const;
