import type { ContainerSpec } from '../domain/container-spec.ts';
import { isNetworkSysctl } from './process-options.ts';
import { invalid, listOr, quote } from './rule.ts';

/** Before the reference of another container. */
export const CONTAINER_MODE = 'container:';

type NamespaceFields = Pick<
  ContainerSpec,
  'pidMode' | 'ipcMode' | 'utsMode' | 'usernsMode' | 'hostname' | 'privileged' | 'sysctls'
>;

interface ModeRule {
  readonly option: string;
  readonly words: readonly string[];
  /** Another container can be named. */
  readonly joins: boolean;
}

const PID: ModeRule = { option: 'pid', words: ['host'], joins: true };
const IPC: ModeRule = { option: 'ipc', words: ['private', 'shareable', 'none', 'host'], joins: true };
const UTS: ModeRule = { option: 'uts', words: ['host'], joins: false };
const USERNS: ModeRule = { option: 'userns', words: ['host', 'private'], joins: false };

/** The reference in `container:REFERENCE`; undefined for any other mode. */
export function joinedReference(mode: string | undefined): string | undefined {
  return mode?.startsWith(CONTAINER_MODE) === true ? mode.slice(CONTAINER_MODE.length) : undefined;
}

function checkMode(subject: string, rule: ModeRule, mode: string | undefined, allowContainer: boolean): void {
  if (mode === undefined || rule.words.includes(mode)) return;
  const reference = joinedReference(mode);
  if (rule.joins && reference !== undefined && !allowContainer) {
    throw invalid(
      subject,
      `${rule.option} ${quote(mode)}: a task may run on any node, and the other container is on one only`,
      'a single container can: skep run',
    );
  }
  if (rule.joins && reference !== undefined && reference !== '') return;
  const words = rule.joins && allowContainer ? [...rule.words, 'container:NAME'] : rule.words;
  throw invalid(subject, `${rule.option} must be ${listOr(words)}, not ${quote(mode)}`);
}

/**
 * Checks which namespaces a container has of its own and which it shares. `allowContainer`: those of another container
 * of its node can be named. Throws INVALID_ARGUMENT with one line that starts with `subject`.
 */
export function validateNamespaces(
  subject: string,
  container: NamespaceFields,
  { allowContainer }: { readonly allowContainer: boolean },
): void {
  const { pidMode, ipcMode, utsMode, usernsMode, hostname, privileged, sysctls } = container;
  checkMode(subject, PID, pidMode, allowContainer);
  checkMode(subject, IPC, ipcMode, allowContainer);
  checkMode(subject, UTS, utsMode, allowContainer);
  checkMode(subject, USERNS, usernsMode, allowContainer);
  if (utsMode === 'host' && hostname !== undefined) {
    throw invalid(subject, "uts host and a hostname conflict: the container has the node's name");
  }
  const ipcSetting = Object.keys(sysctls).find((name) => !isNetworkSysctl(name));
  if (ipcMode === 'host' && ipcSetting !== undefined) {
    throw invalid(
      subject,
      `sysctl ${ipcSetting} would change the node: ipc host gives the container its memory`,
    );
  }
  if (usernsMode !== 'private') return;
  const conflict = [
    ['privileged', privileged === true],
    ['pid host', pidMode === 'host'],
    ['ipc host', ipcMode === 'host'],
  ].find(([, given]) => given === true);
  if (conflict !== undefined) {
    throw invalid(
      subject,
      `userns private and ${conflict[0]} conflict: mapped users have no part of the node`,
    );
  }
}
