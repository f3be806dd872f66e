import type { ContainerSpec } from '../../lib/domain/container-spec.ts';
import { SkepError } from '../../lib/errors.ts';
import { joinedReference } from '../../lib/validation/namespaces.ts';
import type { ContainerRequest, IdMap, NamespaceChoice } from '../executor/executor.ts';

/** What a node's daemon was told for every container that does not say otherwise. */
export interface ContainerDefaults {
  readonly noNewPrivileges: boolean;
  /** `unconfined`, or the text of a profile; absent = the built-in one. */
  readonly seccompProfile?: string;
  /** Absent = containers have the node's own users. */
  readonly idMap?: IdMap;
  /** For a container that asks for mapped users; absent = the node has no range of ids for it. */
  readonly privateIdMap?: IdMap;
}

/** A daemon that was told nothing. */
export const NO_DEFAULTS: ContainerDefaults = { noNewPrivileges: false };

/** How a container's programs are confined. A privileged one is not by default. */
export function confinementOf(
  spec: ContainerSpec,
  defaults: ContainerDefaults,
): Pick<ContainerRequest, 'seccompProfile' | 'noNewPrivileges'> {
  const own = spec.privileged === true ? undefined : defaults.seccompProfile;
  const seccompProfile = spec.seccompProfile ?? own;
  return {
    ...(seccompProfile === undefined ? {} : { seccompProfile }),
    noNewPrivileges: spec.noNewPrivileges ?? defaults.noNewPrivileges,
  };
}

function choiceOf(mode: string | undefined): NamespaceChoice {
  if (mode === 'host') return { kind: 'host' };
  const id = joinedReference(mode);
  return id === undefined ? { kind: 'own' } : { kind: 'container', id };
}

function sharingOf(mode: string | undefined): 'private' | 'shareable' | 'none' {
  return mode === 'shareable' || mode === 'none' ? mode : 'private';
}

function idMapOf(mode: string | undefined, defaults: ContainerDefaults): IdMap | undefined {
  if (mode === 'host') return undefined;
  if (mode !== 'private') return defaults.idMap;
  if (defaults.privateIdMap !== undefined) return defaults.privateIdMap;
  throw new SkepError(
    'FAILED_PRECONDITION',
    'userns private: this node has no range of ids to map users to',
    {
      help: 'add the line root:100000:65536 to its /etc/subuid and /etc/subgid, and start skepd again',
    },
  );
}

/**
 * Which namespaces a container has of its own. A reference in `container:` is taken as an id: it was resolved before.
 * FAILED_PRECONDITION when it asks for mapped users on a node that has no ids for them.
 */
export function namespaceOptions(
  spec: ContainerSpec,
  defaults: ContainerDefaults,
): Pick<ContainerRequest, 'pidNamespace' | 'ipcNamespace' | 'ipcSharing' | 'utsNamespace' | 'idMap'> {
  const idMap = idMapOf(spec.usernsMode, defaults);
  return {
    pidNamespace: choiceOf(spec.pidMode),
    ipcNamespace: choiceOf(spec.ipcMode),
    ipcSharing: sharingOf(spec.ipcMode),
    utsNamespace: choiceOf(spec.utsMode),
    ...(idMap === undefined ? {} : { idMap }),
  };
}
