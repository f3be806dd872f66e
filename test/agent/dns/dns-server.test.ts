import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { decode, encode } from 'dns-packet';
import type { DnsServer } from '../../../agent/dns/dns-server.ts';
import { createDnsServer } from '../../../agent/dns/dns-server.ts';
import type { NetworkPicture } from '../../../lib/domain/assignment.ts';
import { picture } from './picture.ts';

const SHOP = '127.0.0.21';
const STRANGER = '127.0.0.22';
const DIG = '/usr/bin/dig';

/** A name server of the world outside, over UDP and TCP: counts questions, knows every name under example.org. */
async function createUpstream(): Promise<{ port: number; asked: string[]; close: () => void }> {
  const asked: string[] = [];
  const answer = (query: Buffer, transport: string) => {
    const packet = decode(query);
    const name = packet.questions?.[0]?.name ?? '';
    asked.push(`${transport} ${name}`);
    const big = name.startsWith('big') && transport === 'udp';
    const known = name.toLowerCase().endsWith('example.org');
    return encode({
      type: 'response',
      id: packet.id ?? 0,
      flags: (known ? 0 : 3) | (big ? 1 << 9 : 0),
      questions: packet.questions ?? [],
      answers: known && !big ? [{ type: 'A', class: 'IN', name, ttl: 300, data: '192.0.2.80' }] : [],
    });
  };
  const udp = createSocket('udp4');
  udp.on('message', (query, from) => {
    if (decode(query).questions?.[0]?.name === 'silent.example.org') return;
    udp.send(answer(query, 'udp'), from.port, from.address);
  });
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
  const { port } = udp.address();
  const tcp = createServer((socket) => {
    socket.on('data', (chunk: Buffer) => {
      const response = answer(chunk.subarray(2), 'tcp');
      socket.end(Buffer.concat([new Uint8Array([response.length >>> 8, response.length & 255]), response]));
    });
  });
  await new Promise<void>((resolve) => tcp.listen(port, '127.0.0.1', resolve));
  return {
    port,
    asked,
    close: () => {
      udp.close();
      tcp.close();
    },
  };
}

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the name server', { skip: existsSync(DIG) ? false : `needs ${DIG}` }, () => {
  let upstream: Awaited<ReturnType<typeof createUpstream>>;
  let server: DnsServer;
  let port: number;
  let current: NetworkPicture;

  before(async () => {
    current = picture({ shop: SHOP, stranger: STRANGER });
    upstream = await createUpstream();
    server = createDnsServer({
      address: '127.0.0.1',
      port: 0,
      picture: () => current,
      // The first of the resolvers is down: the next is asked.
      resolvers: [
        { address: '127.0.0.1', port: await unusedPort() },
        { address: '127.0.0.1', port: upstream.port },
      ],
      log: () => {},
    });
    port = await server.listen();
  });

  after(async () => {
    await server.close();
    upstream.close();
  });

  const dig = (...args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const fixed = ['@127.0.0.1', '-p', String(port), '+tries=1', '+time=5'];
      execFile(DIG, [...fixed, ...args], (error, stdout) => {
        if (error === null) resolve(stdout.trim());
        else reject(error);
      });
    });
  const short = async (asker: string, ...args: readonly string[]) =>
    (await dig('-b', asker, '+short', ...args)).split('\n');

  it('answers service names over UDP and TCP, by who asks', async () => {
    assert.deepEqual(await short(SHOP, 'web'), ['10.1.0.2']);
    assert.deepEqual(await short(SHOP, '+tcp', 'web'), ['10.1.0.2']);
    assert.deepEqual((await short(SHOP, 'db')).sort(), ['10.2.0.11', '10.2.0.12']);
    assert.match(await dig('-b', STRANGER, 'web'), /status: NXDOMAIN/);
  });

  it('answers in the other direction', async () => {
    assert.deepEqual(await short(SHOP, '-x', '10.1.0.11'), ['web.1.w1.front.']);
  });

  it('says of a known name that it has no IPv6 address, with a short life', async () => {
    const answer = await dig('-b', SHOP, 'web', 'AAAA');
    assert.match(answer, /status: NOERROR/);
    assert.match(answer, /ANSWER: 0/);
    assert.match(await dig('-b', SHOP, 'web'), /web\.\s+5\s+IN\s+A\s+10\.1\.0\.2/);
  });

  it('follows the picture at once', async () => {
    const before = current;
    current = { ...current, backends: current.backends.filter(({ id }) => id !== 'd1') };
    assert.deepEqual(await short(SHOP, 'db'), ['10.2.0.12']);
    current = before;
  });

  it('asks the resolvers for other names, past one that is down, and remembers the answer', async () => {
    assert.deepEqual(await short(SHOP, 'www.example.org'), ['192.0.2.80']);
    assert.deepEqual(await short(STRANGER, '+noedns', 'host.example.org'), ['192.0.2.80']);
    assert.deepEqual(await short(STRANGER, '+noedns', 'HOST.example.org'), ['192.0.2.80']);
    assert.equal(upstream.asked.filter((name) => /host\./i.test(name)).length, 1);
  });

  it('lets an asker come again by TCP for an answer that was cut short', async () => {
    assert.deepEqual(await short(SHOP, 'big.example.org'), ['192.0.2.80']);
    assert.ok(upstream.asked.includes('tcp big.example.org'));
  });

  it('cuts a long list short for plain UDP, and gives all of it over TCP', async () => {
    const before = current;
    const many = Array.from({ length: 200 }, (_, place) => ({
      kind: 'backend' as const,
      id: `m${place}`,
      serviceId: 'db',
      nodeId: 'node1',
      taskName: `db.${place + 10}.m${place}`,
      attachments: [{ networkId: 'b', address: `10.2.0.${place + 50}`, aliases: [] }],
      ready: true,
    }));
    current = { ...current, backends: [...current.backends, ...many] };
    const plain = await dig('-b', SHOP, '+noedns', '+ignore', 'db');
    assert.match(plain, /flags: qr aa tc/);
    assert.equal((await short(SHOP, 'db')).length, 202);
    current = before;
  });

  it('answers SERVFAIL when no resolver answers in time', async () => {
    assert.match(await dig('-b', SHOP, 'silent.example.org'), /status: SERVFAIL/);
  });

  it('answers a malformed question with FORMERR and ignores what is none', async () => {
    const socket = createSocket('udp4');
    const answers: Buffer[] = [];
    socket.on('message', (message) => answers.push(message));
    const header = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    const send = (bytes: readonly number[]) =>
      new Promise<void>((resolve) => socket.send(Uint8Array.from(bytes), port, '127.0.0.1', () => resolve()));
    await send([1, 2, 3]);
    await send([0x12, 0x34, 0x81, ...header.slice(3)]);
    await send([...header, 63, 1, 2]);
    for (let attempt = 0; attempt < 100 && answers.length === 0; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    socket.close();
    assert.equal(answers.length, 1);
    assert.equal((answers[0]?.[3] ?? 0) & 15, 1);
  });

  it('takes several questions over one connection, in pieces', async () => {
    const question = encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 'example.org' }] });
    const framed = Buffer.concat([new Uint8Array([0, question.length]), question]);
    const received = await new Promise<Buffer>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let bytes = Buffer.alloc(0);
      socket.on('error', reject);
      socket.on('data', (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        const first = bytes.length < 2 ? Number.POSITIVE_INFINITY : bytes.readUInt16BE(0) + 2;
        if (bytes.length >= 2 * first) {
          socket.destroy();
          resolve(bytes);
        }
      });
      socket.write(framed.subarray(0, 5));
      setTimeout(() => socket.write(Buffer.concat([framed.subarray(5), framed])), 20);
    });
    assert.equal(decode(received.subarray(2)).id, 7);
  });
});
