import * as message from './messages.ts';
import { networkCodec, nodeCodec, serviceCodec, taskCodec } from './messages.ts';
import { clientStream, serverStream, unary } from './rpc.ts';

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

/** What agents ask of the managers. */
export const dispatcherMethods = {
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
  importImage: clientStream(
    '/skep.v1.Local/ImportImage',
    message.imageUploadCodec,
    message.imageUploadResponseCodec,
  ),
  loadImages: clientStream(
    '/skep.v1.Local/LoadImages',
    message.imageUploadCodec,
    message.imageUploadResponseCodec,
  ),
  listImages: unary('/skep.v1.Local/ListImages', message.emptyCodec, message.listImagesResponseCodec),
  inspectImage: unary('/skep.v1.Local/InspectImage', message.objectRequestCodec, message.imageCodec),
  removeImage: unary(
    '/skep.v1.Local/RemoveImage',
    message.removeRequestCodec,
    message.removeImageResponseCodec,
  ),
} as const;
