import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { endProcess, eventually, freePort } from './child.ts';
import { connectEtcd } from './etcd-client.ts';

const runFile = promisify(execFile);

export interface EtcdCluster {
  /** `host:port` of the leader's clients. */
  leader(): Promise<string>;
}

/** The version of the etcd that is installed; undefined without one, or without the package that speaks to it. */
export async function etcdVersion(): Promise<string | undefined> {
  try {
    (await connectEtcd('127.0.0.1:1')).close();
    const { stdout } = await runFile('etcd', ['--version']);
    return /etcd Version: (\S+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** Runs `body` with three etcd members as they come, on the loopback; all is gone afterwards. */
export async function withEtcd<Result>(body: (cluster: EtcdCluster) => Promise<Result>): Promise<Result> {
  const root = await mkdtemp(path.join(tmpdir(), 'skep-bench-etcd-'));
  const names = ['m1', 'm2', 'm3'];
  const ports = new Map<string, { readonly peer: number; readonly client: number }>();
  for (const name of names) ports.set(name, { peer: await freePort(), client: await freePort() });
  const url = (port: number | undefined): string => `http://127.0.0.1:${port}`;
  const initial = names.map((name) => `${name}=${url(ports.get(name)?.peer)}`).join(',');
  const members: ChildProcess[] = names.map((name) => {
    const client = url(ports.get(name)?.client);
    const peer = url(ports.get(name)?.peer);
    const argv = [
      ...['--name', name, '--data-dir', path.join(root, name), '--log-level', 'error'],
      ...['--listen-client-urls', client, '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
      ...['--initial-cluster', initial, '--initial-cluster-state', 'new'],
    ];
    return spawn('etcd', argv, { stdio: 'ignore' });
  });
  const leader = (): Promise<string> =>
    eventually('an etcd that leads', async () => {
      for (const { client: port } of ports.values()) {
        const client = await connectEtcd(`127.0.0.1:${port}`);
        try {
          const status = await client.maintenance.status();
          if (status.header.member_id === status.leader) return `127.0.0.1:${port}`;
        } catch {
          // Not up yet.
        } finally {
          client.close();
        }
      }
      return undefined;
    });
  try {
    return await body({ leader });
  } finally {
    await Promise.all(members.map(endProcess));
    await rm(root, { recursive: true, force: true });
  }
}
