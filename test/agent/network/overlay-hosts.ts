import type { ChildProcess } from 'node:child_process';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetlinkAnswer } from '../../../agent/executor/executor.ts';
import type { SendNetlink } from '../../../agent/network/kernel-port.ts';
import type { NetlinkMessage } from '../../../agent/network/netlink-message.ts';
import type { Network } from '../../../agent/network/network.ts';
import { createNetwork } from '../../../agent/network/network.ts';
import { nftProgram } from '../../../agent/network/nft-command.ts';
import { projectRoot } from '../../../cli/project.ts';
import type {
  BackendItem,
  BalancerItem,
  NetworkItem,
  NetworkPicture,
} from '../../../lib/domain/assignment.ts';
import type { Clock } from '../../../lib/ports.ts';

/** A node in a namespace of its own, and what it logged. */
export interface TestHost {
  readonly nodeId: string;
  readonly namespace: string;
  readonly address: string;
  readonly network: Network;
  readonly logged: string[];
  readonly send: SendNetlink;
}

export interface TestTask {
  readonly id: string;
  readonly namespace: string;
  readonly host: TestHost;
  readonly attachments: BackendItem['attachments'];
}

/** Three hosts and an outside client on one bridge, every one in its own namespace. */
export interface TestOverlay {
  readonly hosts: readonly [TestHost, TestHost, TestHost];
  readonly client: string;
  readonly clientAddress: string;
  /** A namespace with the task's link; `serve` runs a web server in it that tells the task and its caller. */
  addTask(host: TestHost, id: string, addresses: Readonly<Record<string, string>>): Promise<TestTask>;
  serve(task: TestTask, port: number): Promise<void>;
  /** Runs a program in a namespace until `remove`. */
  start(namespace: string, argv: readonly string[]): ChildProcess;
  stopTask(task: TestTask): void;
  remove(): void;
}

const CLOCK: Clock = {
  nowMs: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

const DATA_PATH_PORT = 4789;
let overlays = 0;

export const NETWORKS: readonly NetworkItem[] = [
  { kind: 'network', id: 'ingress', name: 'ingress', subnet: '10.77.0.0/24', internal: false, ingress: true },
  { kind: 'network', id: 'front', name: 'front', subnet: '10.77.1.0/24', internal: false, ingress: false },
  { kind: 'network', id: 'back', name: 'back', subnet: '10.77.2.0/24', internal: true, ingress: false },
];

/** Why these tests cannot run here; false when they can. */
export function skipReason(): string | false {
  if (process.getuid?.() !== 0) return 'needs root';
  for (const program of ['/usr/sbin/nft', '/usr/bin/nsenter', '/usr/bin/gcc', '/usr/bin/busybox']) {
    if (!existsSync(program)) return `needs ${program}`;
  }
  return false;
}

/** Runs a program inside a namespace and gives its standard output; throws with its standard error. */
export function inside(namespace: string, ...argv: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      'nsenter',
      [`--net=/run/netns/${namespace}`, ...argv],
      { timeout: 20_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${argv.join(' ')}: ${stderr.trim() || error.message}`));
      },
    );
  });
}

/** Fetches a page by busybox wget: its text, or the words of the failure. */
export async function fetchPage(namespace: string, url: string, timeoutSeconds = 3): Promise<string> {
  try {
    const limit = ['busybox', 'timeout', String(timeoutSeconds)];
    return (await inside(namespace, ...limit, 'busybox', 'wget', '-q', '-O', '-', url)).trim();
  } catch (error) {
    return `failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Compiles the sender into the folder and gives its path. */
export function compileSender(folder: string): string {
  const program = join(folder, 'netlink-sender');
  execFileSync('gcc', ['-O1', '-o', program, join(projectRoot(), 'test/agent/network/netlink-sender.c')]);
  return program;
}

/** A sender of netlink messages in one namespace; `containerNamespace` is where veth peers are born. */
export function senderIn(program: string, namespace: string, containerNamespace: string | null): SendNetlink {
  const container = containerNamespace === null ? '-' : `/run/netns/${containerNamespace}`;
  return (messages) =>
    new Promise((resolve, reject) => {
      const child = execFile(
        'nsenter',
        [`--net=/run/netns/${namespace}`, program, container],
        { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 },
        (error, stdout) => (error === null ? resolve(readAnswers(stdout, messages.length)) : reject(error)),
      );
      child.stdin?.end(Buffer.concat(messages.flatMap(frame)));
    });
}

function frame(message: NetlinkMessage): Uint8Array[] {
  const head = new Uint32Array([
    message.protocol,
    message.namespaceOffset ?? 0xffffffff,
    message.bytes.length,
  ]);
  return [new Uint8Array(head.buffer), message.bytes];
}

function readAnswers(output: Buffer, count: number): readonly NetlinkAnswer[] {
  let offset = 0;
  const next = () => {
    offset += 4;
    return output.readUInt32LE(offset - 4);
  };
  return Array.from({ length: count }, () => {
    const errno = next();
    const messages = Array.from({ length: next() }, () => {
      const length = next();
      offset += length;
      return new Uint8Array(output.subarray(offset - length, offset));
    });
    return { errno, messages };
  });
}

/** The picture of three hosts with the given services and tasks. */
export function pictureOf(
  overlay: TestOverlay,
  balancers: readonly BalancerItem[],
  backends: readonly BackendItem[],
): NetworkPicture {
  return {
    peers: overlay.hosts.map((host, place) => ({
      kind: 'peer',
      id: host.nodeId,
      hostname: host.nodeId,
      dataPathAddress: host.address,
      routerAddress: `10.255.0.${place + 1}`,
    })),
    networks: NETWORKS,
    balancers,
    backends,
  };
}

export function backendOf(task: TestTask, serviceId: string, ready = true): BackendItem {
  return {
    kind: 'backend',
    id: task.id,
    serviceId,
    nodeId: task.host.nodeId,
    taskName: `${serviceId}.1.${task.id}`,
    attachments: task.attachments,
    ready,
  };
}

/** Builds the namespaces. Whatever happens, `remove` takes all of it away. */
export function createOverlay(): TestOverlay {
  const prefix = `skn${process.pid}x${overlays++}`;
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
  const program = compileSender(folder);
  const namespaces: string[] = [];
  const children: { readonly child: ChildProcess; readonly namespace: string }[] = [];
  const addNamespace = (name: string) => {
    execFileSync('ip', ['netns', 'add', name]);
    namespaces.push(name);
    execFileSync('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    return name;
  };
  const bridge = addNamespace(`${prefix}br`);
  execFileSync('ip', ['-n', bridge, 'link', 'add', 'br0', 'up', 'type', 'bridge']);
  const plug = (namespace: string, place: number, address: string) => {
    const commands = [
      `link add eth0 netns ${namespace} type veth peer name p${place} netns ${bridge}`,
      `-n ${bridge} link set p${place} master br0 up`,
      `-n ${namespace} addr add ${address}/24 dev eth0`,
      `-n ${namespace} link set eth0 up`,
    ];
    for (const command of commands) execFileSync('ip', command.split(' '));
  };
  const hosts = [1, 2, 3].map((place): TestHost => {
    const namespace = addNamespace(`${prefix}h${place}`);
    const address = `198.18.0.${place}`;
    plug(namespace, place, address);
    const logged: string[] = [];
    const send = senderIn(program, namespace, null);
    const network = createNetwork({
      nodeId: `node${place}`,
      dataPathAddress: address,
      dataPathPort: DATA_PATH_PORT,
      send,
      clock: CLOCK,
      log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
      runNft: nftProgram(['nsenter', `--net=/run/netns/${namespace}`, 'nft']),
      writeSetting: async (path, value) => {
        await inside(namespace, 'sysctl', '-q', '-w', `${path.replaceAll('/', '.')}=${value}`);
      },
    });
    return { nodeId: `node${place}`, namespace, address, network, logged, send };
  });
  const client = addNamespace(`${prefix}c`);
  plug(client, 9, '198.18.0.99');
  const [one, two, three] = hosts;
  if (one === undefined || two === undefined || three === undefined) throw new Error('three hosts expected');

  let removed = false;
  const remove = () => {
    if (removed) return;
    removed = true;
    for (const host of hosts) void host.network.close();
    for (const { child } of children) child.kill('SIGKILL');
    for (const namespace of namespaces.toReversed()) execFileSync('ip', ['netns', 'delete', namespace]);
    rmSync(folder, { recursive: true, force: true });
  };
  // Also when the test run is interrupted.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      remove();
      process.exit(1);
    });
  }

  return {
    hosts: [one, two, three],
    client,
    clientAddress: '198.18.0.99',
    addTask: async (host, id, addresses) => {
      const namespace = addNamespace(`${prefix}t${namespaces.length}`);
      const attachments = Object.entries(addresses).map(([networkId, address]) => ({
        networkId,
        address,
        aliases: [],
      }));
      await host.network.applied();
      const link = host.network.linkFor({ id, attachments });
      if (link.kind !== 'link') throw new Error('a link expected');
      await sendStrictly(senderIn(program, host.namespace, namespace), link.hostMessages);
      await sendStrictly(senderIn(program, namespace, null), link.containerMessages);
      return { id, namespace, host, attachments };
    },
    serve: async (task, port) => {
      const home = join(folder, task.id);
      mkdirSync(join(home, 'cgi-bin'), { recursive: true });
      const script = join(home, 'cgi-bin', 'who');
      writeFileSync(
        script,
        `#!/bin/sh\necho\ncaller=\${REMOTE_ADDR#"[::ffff:"}\necho "${task.id} \${caller%]}"\n`,
      );
      chmodSync(script, 0o755);
      const argv = ['busybox', 'httpd', '-f', '-p', String(port), '-h', home];
      const child = spawn('nsenter', [`--net=/run/netns/${task.namespace}`, ...argv], { stdio: 'ignore' });
      children.push({ child, namespace: task.namespace });
      for (let attempt = 0; attempt < 100; attempt++) {
        const page = await fetchPage(task.namespace, `http://127.0.0.1:${port}/cgi-bin/who`);
        if (page.startsWith(task.id)) return;
      }
      throw new Error(`the server of ${task.id} does not answer`);
    },
    start: (namespace, argv) => {
      const child = spawn('nsenter', [`--net=/run/netns/${namespace}`, ...argv], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      children.push({ child, namespace });
      return child;
    },
    stopTask: (task) => {
      for (const { child, namespace } of children) if (namespace === task.namespace) child.kill('SIGKILL');
      execFileSync('ip', ['netns', 'delete', task.namespace]);
      namespaces.splice(namespaces.indexOf(task.namespace), 1);
    },
    remove,
  };
}

async function sendStrictly(send: SendNetlink, messages: readonly NetlinkMessage[]): Promise<void> {
  const answers = await send(messages);
  messages.forEach((message, place) => {
    const errno = answers[place]?.errno ?? 0;
    if (errno !== 0 && !message.tolerated.includes(errno)) {
      throw new Error(`${message.description}: errno ${errno}`);
    }
  });
}
