import type { ContainerSpec, HealthCheck } from '../domain/container-spec.ts';
import { SkepError } from '../errors.ts';
import { isDigest, parseReference } from '../image-reference.ts';
import { parseAddress } from '../ip-address.ts';
import { parseSeccompProfile } from '../seccomp/parse-profile.ts';
import { UNCONFINED } from '../seccomp/profile.ts';
import { validateDevices } from './devices.ts';
import { requireCapability, requireSignal } from './kernel-words.ts';
import { validateLogDriver } from './log-driver.ts';
import { validateMounts } from './mount.ts';
import { isHostname, requireLabels } from './name.ts';
import { validateNamespaces } from './namespaces.ts';
import { validateProcessOptions } from './process-options.ts';
import {
  invalid,
  quote,
  requireDuration,
  requireInteger,
  requireOneOf,
  requireShortList,
  requireText,
} from './rule.ts';

/** `name|uid[:group|gid]`, in the characters that shadow allows. */
const USER_PATTERN = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*\$?(?::[a-zA-Z0-9_][a-zA-Z0-9_.-]*\$?)?$/;
/** Colons and hexadecimal groups, a dotted tail perhaps: enough to tell an IPv6 address from a slip. */
const IPV6_PATTERN = /^(?=.*:.*:)[0-9a-fA-F:]{2,39}(?:\.\d{1,3}\.\d{1,3}\.\d{1,3})?$/;
/** Most failed checks that a health check can be asked to wait for. */
const MAX_HEALTH_RETRIES = 1_000;
/** A shorter pause between checks would keep a node busy with nothing else. */
const MIN_HEALTH_INTERVAL_MS = 1;

function requireTexts(subject: string, name: string, list: readonly string[]): void {
  requireShortList(subject, name, list);
  for (const text of list) requireText(subject, name, text);
}

function validateEnvironment(subject: string, env: readonly string[]): void {
  requireTexts(subject, 'env', env);
  for (const line of env) {
    const equals = line.indexOf('=');
    if (equals < 0) throw invalid(subject, `env ${quote(line)} is not of the form KEY=value`);
    if (equals === 0) throw invalid(subject, `env ${quote(line)} has no key before "="`);
    if (/\s/.test(line.slice(0, equals))) throw invalid(subject, `env ${quote(line)} has a blank in its key`);
  }
}

function isIpAddress(text: string): boolean {
  return parseAddress(text) !== undefined || IPV6_PATTERN.test(text);
}

function validateNames(subject: string, container: ContainerSpec): void {
  const { hostname, hosts, dns, dnsSearch, dnsOptions } = container;
  if (hostname !== undefined && !hostname.includes('{{') && !isHostname(hostname)) {
    throw invalid(subject, `hostname ${quote(hostname)} is not a DNS name`);
  }
  requireTexts(subject, 'hosts', hosts);
  for (const line of hosts) {
    const [address = '', ...names] = line.split(/\s+/);
    if (!isIpAddress(address) || names.length === 0 || !names.every(isHostname)) {
      throw invalid(
        subject,
        `host ${quote(line)} is not an address followed by names`,
        'for example: 10.0.0.7 db',
      );
    }
  }
  requireTexts(subject, 'dns', dns);
  for (const server of dns) {
    if (!isIpAddress(server)) throw invalid(subject, `dns server ${quote(server)} is not an IP address`);
  }
  requireTexts(subject, 'dns-search', dnsSearch);
  for (const domain of dnsSearch) {
    if (domain !== '.' && !isHostname(domain.replace(/\.$/, ''))) {
      throw invalid(subject, `dns-search ${quote(domain)} is not a domain name`);
    }
  }
  requireTexts(subject, 'dns-option', dnsOptions);
  for (const option of dnsOptions) {
    if (!/^[a-z0-9-]+(?::\d+)?$/.test(option))
      throw invalid(subject, `dns-option ${quote(option)} is not one`);
  }
}

function validateHealth(subject: string, health: HealthCheck): void {
  const [kind = '', ...words] = health.test;
  requireOneOf(subject, 'the first word of the health test', kind, ['NONE', 'CMD', 'CMD-SHELL']);
  requireTexts(subject, 'health test', health.test);
  if (kind === 'NONE') {
    if (words.length > 0) throw invalid(subject, 'a health test NONE takes no command');
    return;
  }
  if (words.length === 0 || words[0]?.trim() === '') throw invalid(subject, 'the health test has no command');
  if (kind === 'CMD-SHELL' && words.length > 1) throw invalid(subject, 'a CMD-SHELL health test is one text');
  requireDuration(subject, 'health-interval', health.intervalMs, MIN_HEALTH_INTERVAL_MS);
  requireDuration(subject, 'health-timeout', health.timeoutMs, MIN_HEALTH_INTERVAL_MS);
  requireDuration(subject, 'health-start-interval', health.startIntervalMs, MIN_HEALTH_INTERVAL_MS);
  requireDuration(subject, 'health-start-period', health.startPeriodMs);
  requireInteger(subject, 'health-retries', health.retries, { least: 1, most: MAX_HEALTH_RETRIES });
}

function validateSeccomp(subject: string, profile: string | undefined): void {
  if (profile === undefined || profile === UNCONFINED) return;
  try {
    parseSeccompProfile(profile);
  } catch (error) {
    if (error instanceof SkepError) throw invalid(subject, error.message, error.help);
    throw error;
  }
}

/**
 * Checks what one container is asked to be. `allowContainer`: it is a single one of a node, and may name another whose
 * namespaces it joins. Throws INVALID_ARGUMENT with one line that starts with `subject`.
 */
export function validateContainerSpec(
  subject: string,
  container: ContainerSpec,
  { allowContainer = false }: { readonly allowContainer?: boolean } = {},
): void {
  if (container.image === '') throw invalid(subject, 'the image is missing');
  if (!isDigest(container.image)) parseReference(container.image);
  if (container.imageId !== undefined && !isDigest(container.imageId)) {
    throw invalid(subject, `${quote(container.imageId)} is not an image id`);
  }
  requireTexts(subject, 'command', container.command);
  requireTexts(subject, 'args', container.args);
  validateEnvironment(subject, container.env);
  requireLabels(subject, 'container labels', container.labels);
  const { workdir, user, stopSignal, health } = container;
  if (workdir !== undefined) {
    requireText(subject, 'workdir', workdir);
    if (!workdir.startsWith('/')) throw invalid(subject, `workdir ${quote(workdir)} is not an absolute path`);
  }
  if (user !== undefined && !USER_PATTERN.test(user)) {
    throw invalid(subject, `user ${quote(user)} is not of the form name|uid[:group|gid]`);
  }
  validateMounts(subject, container.mounts);
  validateNames(subject, container);
  if (stopSignal !== undefined) requireSignal(subject, stopSignal);
  requireDuration(subject, 'stop-grace-period', container.stopGracePeriodMs);
  if (health !== undefined) validateHealth(subject, health);
  validateSeccomp(subject, container.seccompProfile);
  for (const capability of container.capabilityAdd) requireCapability(subject, 'cap-add', capability);
  for (const capability of container.capabilityDrop) requireCapability(subject, 'cap-drop', capability);
  validateProcessOptions(subject, container);
  if (container.devices !== undefined) validateDevices(subject, container.devices);
  validateLogDriver(subject, container.logDriver);
  validateNamespaces(subject, container, { allowContainer });
}
