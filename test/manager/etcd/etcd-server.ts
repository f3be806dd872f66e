import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createEtcdClient, type EtcdClient, type EtcdTls } from '../../../manager/etcd/etcd-client.ts';

const START_TIMEOUT_MS = 20_000;
const WAIT_TIMEOUT_MS = 20_000;
const POLL_MS = 20;

/** Why tests with etcd cannot run here; false when they can. */
export const SKIP_REASON: string | false = await promisify(execFile)('etcd', ['--version']).then(
  () => false,
  () => 'etcd is not installed: apt-get install etcd-server',
);

/** A real etcd of one member, in a folder of its own. */
export interface EtcdServer {
  /** `host:port`. */
  readonly endpoint: string;
  /** For looking at the keys, and for meddling with them. */
  readonly client: EtcdClient;
  /** SIGKILL, and gone once it resolves. */
  kill(): Promise<void>;
  /** Again on the same folder and ports; answers once it resolves. */
  start(): Promise<void>;
  /** Stops the process without ending it, as a disk that hangs does. */
  freeze(): void;
  thaw(): void;
}

/** Runs `body` beside an etcd, which speaks TLS if it is given; process and files are gone afterwards. */
export async function withEtcd(body: (server: EtcdServer) => Promise<void>, tls?: EtcdTls): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'skep-etcd-test-'));
  const endpoint = `127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const client = await createEtcdClient({ endpoints: [endpoint], ...(tls === undefined ? {} : { tls }) });
  const url = `${tls === undefined ? 'http' : 'https'}://${endpoint}`;
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined) return;
    const gone = once(ending, 'exit');
    ending.kill('SIGKILL');
    await gone;
  };
  const start = async (): Promise<void> => {
    const args = [
      ...[
        '--name',
        'one',
        '--data-dir',
        path.join(folder, 'data'),
        '--log-level',
        'error',
        '--logger',
        'zap',
      ],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...(tls === undefined ? [] : await writeTls(path.join(folder, 'tls'), tls)),
      ...[
        '--listen-peer-urls',
        peer,
        '--initial-advertise-peer-urls',
        peer,
        '--initial-cluster',
        `one=${peer}`,
      ],
    ];
    child = spawn('etcd', args, { stdio: 'ignore' });
    await eventually(
      'etcd answers',
      () =>
        client
          .transact({ conditions: [], steps: [{ kind: 'get', key: 'any' }] }, 1_000)
          .then(() => true)
          .catch(() => undefined),
      START_TIMEOUT_MS,
    );
  };
  try {
    await start();
    await body({
      endpoint,
      client,
      kill,
      start,
      freeze: () => void child?.kill('SIGSTOP'),
      thaw: () => void child?.kill('SIGCONT'),
    });
  } finally {
    client.close();
    await kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The arguments for an etcd with that certificate, which wants one of its clients too. */
async function writeTls(folder: string, tls: EtcdTls): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const write = async (name: string, pem: string): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, pem);
    return file;
  };
  return [
    ...['--cert-file', await write('certificate.pem', tls.certificatePem)],
    ...['--key-file', await write('key.pem', tls.keyPem)],
    ...['--trusted-ca-file', await write('root.pem', tls.rootCertificatePem), '--client-cert-auth'],
  ];
}

/** Looks again and again until there is something; fails after a bound. */
export async function eventually<Found>(
  what: string,
  look: () => Found | undefined | Promise<Found | undefined>,
  timeoutMs = WAIT_TIMEOUT_MS,
): Promise<Found> {
  const untilMs = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > untilMs) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await promisify(server.close.bind(server))();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
