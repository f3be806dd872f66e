import { readFile, writeFile } from 'node:fs/promises';
import { SkepError } from '../../lib/errors.ts';
import type { NetlinkAnswer } from '../executor/executor.ts';
import type { TrackedConnection } from './conntrack-codec.ts';
import { deleteConnection, dumpConnections, parseConnections } from './conntrack-codec.ts';
import type { KernelState } from './kernel-state.ts';
import { dumpMessage } from './netlink-codec.ts';
import type { NetlinkMessage } from './netlink-message.ts';
import {
  parseAddresses,
  parseForwarding,
  parseLinks,
  parseNeighbours,
  parseRoutes,
  parseRules,
} from './netlink-parser.ts';

/** Sends netlink messages in the node's network namespace, in order; one answer each. */
export type SendNetlink = (messages: readonly NetlinkMessage[]) => Promise<readonly NetlinkAnswer[]>;
/** Writes a setting under /proc/sys of the node's network namespace, by its path below it. */
export type WriteSetting = (path: string, value: string) => Promise<void>;

/** Messages per call of the sender, so that one frame to the keeper stays far below its limit of 1 MiB. */
const BATCH_MESSAGES = 1_000;
/** Above this many addresses at once the whole connection table is read once instead of once per address. */
const MAX_FILTERED_DUMPS = 64;
/** Errors named in one message. */
const MAX_NAMED_FAILURES = 3;

/** Writes the setting when it is another. */
export const writeKernelSetting: WriteSetting = async (path, value) => {
  const file = `/proc/sys/${path}`;
  if ((await readFile(file, 'utf8')).trim() !== value) await writeFile(file, value);
};

/** Sends all, in batches. Rejects with INTERNAL naming the first failures, after the batch that had them. */
export async function sendAll(
  send: SendNetlink,
  messages: readonly NetlinkMessage[],
): Promise<readonly NetlinkAnswer[]> {
  const answers: NetlinkAnswer[] = [];
  for (let start = 0; start < messages.length; start += BATCH_MESSAGES) {
    const batch = messages.slice(start, start + BATCH_MESSAGES);
    const batchAnswers = await send(batch);
    const failures = batch.flatMap((message, place) => {
      const errno = batchAnswers[place]?.errno ?? 0;
      return errno === 0 || message.tolerated.includes(errno)
        ? []
        : [`${message.description}: errno ${errno}`];
    });
    if (failures.length > 0) {
      const named = failures.slice(0, MAX_NAMED_FAILURES).join('; ');
      throw new SkepError('INTERNAL', `the kernel refused ${failures.length} network changes: ${named}`);
    }
    answers.push(...batchAnswers);
  }
  return answers;
}

/** Reads everything of the kernel's network that a plan is compared with. */
export async function readKernelState(send: SendNetlink): Promise<KernelState> {
  const kinds = ['links', 'addresses', 'routes', 'neighbours', 'forwarding', 'rules'] as const;
  const answers = await sendAll(send, kinds.map(dumpMessage));
  const messages = (place: number) => answers[place]?.messages ?? [];
  return {
    links: parseLinks(messages(0)),
    addresses: parseAddresses(messages(1)),
    routes: parseRoutes(messages(2)),
    neighbours: parseNeighbours(messages(3)),
    forwarding: parseForwarding(messages(4)),
    rules: parseRules(messages(5)),
  };
}

/** Tracked connections that the given addresses answer; null = all connections. */
export async function readConnections(
  send: SendNetlink,
  answering: readonly string[] | null,
): Promise<readonly TrackedConnection[]> {
  const asked = answering === null || answering.length > MAX_FILTERED_DUMPS ? [null] : answering;
  const answers = await sendAll(send, asked.map(dumpConnections));
  return answers.flatMap((answer) => parseConnections(answer.messages));
}

/** Deletes tracked connections; those that are gone already count as deleted. */
export async function deleteConnections(
  send: SendNetlink,
  connections: readonly TrackedConnection[],
): Promise<void> {
  await sendAll(send, connections.map(deleteConnection));
}
