import * as image from './image-messages.ts';
import * as message from './messages.ts';
import { networkCodec, nodeCodec, serviceCodec, taskCodec } from './messages.ts';
import { clientStream, serverStream, unary } from './rpc.ts';
import * as volume from './volume-messages.ts';

/** Open to nodes that have no certificate yet. */
export const certificateAuthorityMethods = {
  getRootCertificate: unary(
    '/skep.v1.CertificateAuthority/GetRootCertificate',
    message.emptyCodec,
    message.rootCertificateCodec,
  ),
  issueCertificate: unary(
    '/skep.v1.CertificateAuthority/IssueCertificate',
    message.issueCertificateRequestCodec,
    message.issueCertificateResponseCodec,
  ),
} as const;

/** What managers ask of one another; whoever does not lead passes it on. */
export const managersMethods = {
  join: unary('/skep.v1.Managers/Join', message.joinManagersRequestCodec, message.joinManagersResponseCodec),
  /** The caller gives up its part in keeping the state. */
  leave: unary('/skep.v1.Managers/Leave', message.emptyCodec, message.emptyCodec),
  announce: unary('/skep.v1.Managers/Announce', message.announceManagerRequestCodec, message.emptyCodec),
} as const;

/** What agents ask of the managers; all but `leader` of the leader alone. */
export const dispatcherMethods = {
  leader: unary('/skep.v1.Dispatcher/Leader', message.emptyCodec, message.leaderResponseCodec),
  session: serverStream(
    '/skep.v1.Dispatcher/Session',
    message.sessionRequestCodec,
    message.sessionMessageCodec,
  ),
  heartbeat: unary(
    '/skep.v1.Dispatcher/Heartbeat',
    message.heartbeatRequestCodec,
    message.heartbeatResponseCodec,
  ),
  describe: unary('/skep.v1.Dispatcher/Describe', message.describeRequestCodec, message.emptyCodec),
  updateTaskStatus: unary(
    '/skep.v1.Dispatcher/UpdateTaskStatus',
    message.updateTaskStatusRequestCodec,
    message.emptyCodec,
  ),
  assignments: serverStream(
    '/skep.v1.Dispatcher/Assignments',
    message.assignmentsRequestCodec,
    message.assignmentMessageCodec,
  ),
} as const;

/** How agents deliver the logs that managers ask for. */
export const logBrokerMethods = {
  listen: serverStream('/skep.v1.LogBroker/Listen', message.listenRequestCodec, message.logSubscriptionCodec),
  publish: clientStream('/skep.v1.LogBroker/Publish', message.publishLogsRequestCodec, message.emptyCodec),
} as const;

/** What users ask of the managers. */
export const controlMethods = {
  createService: unary(
    '/skep.v1.Control/CreateService',
    message.createServiceRequestCodec,
    message.serviceResponseCodec,
  ),
  updateService: unary(
    '/skep.v1.Control/UpdateService',
    message.updateServiceRequestCodec,
    message.serviceResponseCodec,
  ),
  removeService: unary('/skep.v1.Control/RemoveService', message.objectRequestCodec, message.emptyCodec),
  getService: unary('/skep.v1.Control/GetService', message.objectRequestCodec, serviceCodec),
  listServices: unary('/skep.v1.Control/ListServices', message.emptyCodec, message.listServicesResponseCodec),
  listTasks: unary(
    '/skep.v1.Control/ListTasks',
    message.listTasksRequestCodec,
    message.listTasksResponseCodec,
  ),
  getTask: unary('/skep.v1.Control/GetTask', message.objectRequestCodec, taskCodec),
  listNodes: unary('/skep.v1.Control/ListNodes', message.emptyCodec, message.listNodesResponseCodec),
  getNode: unary('/skep.v1.Control/GetNode', message.objectRequestCodec, nodeCodec),
  updateNode: unary('/skep.v1.Control/UpdateNode', message.updateNodeRequestCodec, nodeCodec),
  removeNode: unary('/skep.v1.Control/RemoveNode', message.removeRequestCodec, message.emptyCodec),
  createNetwork: unary('/skep.v1.Control/CreateNetwork', message.createNetworkRequestCodec, networkCodec),
  listNetworks: unary('/skep.v1.Control/ListNetworks', message.emptyCodec, message.listNetworksResponseCodec),
  getNetwork: unary('/skep.v1.Control/GetNetwork', message.objectRequestCodec, networkCodec),
  removeNetwork: unary('/skep.v1.Control/RemoveNetwork', message.objectRequestCodec, message.emptyCodec),
  getCluster: unary('/skep.v1.Control/GetCluster', message.emptyCodec, message.clusterResponseCodec),
  updateCluster: unary(
    '/skep.v1.Control/UpdateCluster',
    message.updateClusterRequestCodec,
    message.clusterResponseCodec,
  ),
  /** The key that managers ask for after a restart; for managers alone, as all of this service. */
  getUnlockKey: unary('/skep.v1.Control/GetUnlockKey', message.emptyCodec, message.unlockKeyResponseCodec),
  /** Everything that the cluster remembers, as a file; see manager/backup. */
  saveBackup: serverStream('/skep.v1.Control/SaveBackup', message.emptyCodec, message.backupChunkCodec),
  /** A message whenever something about the services changed; the first one at once. */
  watch: serverStream('/skep.v1.Control/Watch', message.watchRequestCodec, message.watchMessageCodec),
  logs: serverStream('/skep.v1.Control/Logs', message.logsRequestCodec, message.logsMessageCodec),
} as const;

/** What users ask of the node they sit at; served on its unix socket only. */
export const localMethods = {
  info: unary('/skep.v1.Local/Info', message.emptyCodec, message.nodeInfoCodec),
  swarmInit: unary('/skep.v1.Local/SwarmInit', message.swarmInitRequestCodec, message.swarmInitResponseCodec),
  swarmJoin: unary('/skep.v1.Local/SwarmJoin', message.swarmJoinRequestCodec, message.swarmJoinResponseCodec),
  swarmLeave: unary('/skep.v1.Local/SwarmLeave', message.swarmLeaveRequestCodec, message.emptyCodec),
  swarmUnlock: unary('/skep.v1.Local/SwarmUnlock', message.swarmUnlockRequestCodec, message.emptyCodec),
  /** Makes this node, which is in no cluster, the only manager of a new one with the state of a backup. */
  swarmRestore: clientStream(
    '/skep.v1.Local/SwarmRestore',
    message.swarmRestoreRequestCodec,
    message.swarmInitResponseCodec,
  ),
  importImage: clientStream(
    '/skep.v1.Local/ImportImage',
    image.imageUploadCodec,
    image.imageUploadResponseCodec,
  ),
  loadImages: clientStream(
    '/skep.v1.Local/LoadImages',
    image.imageUploadCodec,
    image.imageUploadResponseCodec,
  ),
  listImages: unary('/skep.v1.Local/ListImages', message.emptyCodec, image.listImagesResponseCodec),
  inspectImage: unary('/skep.v1.Local/InspectImage', message.objectRequestCodec, image.imageCodec),
  removeImage: unary(
    '/skep.v1.Local/RemoveImage',
    message.removeRequestCodec,
    image.removeImageResponseCodec,
  ),
  createVolume: unary('/skep.v1.Local/CreateVolume', volume.createVolumeRequestCodec, volume.volumeCodec),
  listVolumes: unary('/skep.v1.Local/ListVolumes', message.emptyCodec, volume.listVolumesResponseCodec),
  inspectVolume: unary('/skep.v1.Local/InspectVolume', message.objectRequestCodec, volume.volumeCodec),
  removeVolume: unary('/skep.v1.Local/RemoveVolume', message.removeRequestCodec, message.emptyCodec),
  pruneVolumes: unary(
    '/skep.v1.Local/PruneVolumes',
    volume.pruneVolumesRequestCodec,
    volume.pruneVolumesResponseCodec,
  ),
} as const;
