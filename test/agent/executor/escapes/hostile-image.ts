import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerRequest } from '../../../../agent/executor/executor.ts';
import { connectKeeper } from '../../../../agent/executor/keeper-client.ts';
import { greet } from '../../../../agent/executor/keeper-process.ts';
import { projectRoot } from '../../../../cli/project.ts';
import { skipReason, type TestNode } from '../test-node.ts';

/** Why attacks cannot be tried here; false when they can. */
export const attackSkipReason: string | false =
  skipReason || (existsSync('/usr/bin/gcc') ? false : 'needs gcc');

export const execOptions = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 30_000 };

/** A layer on top of the node's own, filled by `fill`: what a hostile image brings along. */
export function hostileLayers(node: TestNode, name: string, fill: (layer: string) => void): string[] {
  const layer = join(node.folder, name);
  mkdirSync(layer, { recursive: true });
  fill(layer);
  return [node.layer, layer];
}

/** The attacking program as `/bin/attacker` in the node's own layer. Call it once for a node. */
export function addAttacker(node: TestNode): void {
  const source = join(projectRoot(), 'test/agent/executor/escapes/attacker.c');
  execFileSync('gcc', ['-O1', '-static', '-o', join(node.layer, 'bin/attacker'), source]);
}

/** The process id of the node's keeper. */
export async function keeperPid(node: TestNode): Promise<number> {
  const client = await connectKeeper(node.socketPath, { onExit: () => {}, onLost: () => {} });
  const { pid } = await greet(client);
  client.close();
  return pid;
}

/** The upper folder of a container, which is its root's changes as the node sees them. */
export function changesOf(node: TestNode, id: string): string {
  return join(node.stateFolder, id, 'upper');
}

const WAIT_MS = 30_000;

/** Until `holds`; fails with `what` after half a minute. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(5);
  }
}

/** Ends a container that goes on by itself, and removes it. */
export async function endContainer(node: TestNode, id: string): Promise<void> {
  await node.executor.kill(id);
  await node.ended(id);
  await node.executor.remove(id);
}

/** A container that runs until it is ended. */
export async function startAttack(
  node: TestNode,
  id: string,
  argv: readonly string[],
  extra: Partial<ContainerRequest> = {},
): Promise<void> {
  await node.executor.start(node.request(id, argv, extra));
}
