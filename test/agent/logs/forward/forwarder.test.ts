import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Cursor } from '../../../../agent/logs/forward/forward-plan.ts';
import { type Forwarder, type LogSource, startForwarder } from '../../../../agent/logs/forward/forwarder.ts';
import { createLogForwarding } from '../../../../agent/logs/forward/forwarding.ts';
import type { LogReceiver } from '../../../../lib/validation/log-driver.ts';
import { createLogWriter } from '../log-writer.ts';

/** Twenty times as fast as it should be: nobody waits five seconds here. */
const HASTE = 20;
const clock = {
  nowMs: () => performance.now() * HASTE,
  schedule: (delayMs: number, callback: () => void) => {
    const timer = setTimeout(callback, delayMs / HASTE);
    return () => clearTimeout(timer);
  },
};

/**
 * Patience is as short, but what is handed to the system counts as received after as long as it should: on a slow machine
 * that is before the connection is full.
 */
const doubtfulClock = { ...clock, nowMs: () => performance.now() };

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`${what} did not come`);
}

/** Ends what a failed test left. */
const servers: (() => Promise<void> | undefined)[] = [];

/** A receiver of lines on a port that it keeps, also while it is down. */
async function createLineServer(where: { readonly path: string } | { readonly port: number } = { port: 0 }) {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  let reads = true;
  let isUp = false;
  let connections = 0;
  let server: Server = createServer();
  const listen = (place: typeof where) =>
    new Promise<void>((resolve) => {
      server = createServer((socket) => {
        connections++;
        sockets.add(socket);
        if (!isUp) socket.destroy();
        let rest = '';
        if (!reads) socket.pause();
        socket.on('error', () => undefined);
        socket.on('close', () => sockets.delete(socket));
        if (!reads) return;
        socket.on('data', (bytes) => {
          const parts = (rest + bytes.toString('utf8')).split('\n');
          rest = parts.pop() ?? '';
          lines.push(...parts);
        });
      });
      isUp = true;
      server.listen({ ...place, host: '127.0.0.1' }, resolve);
    });
  await listen(where);
  const bound = 'path' in where ? where : { port: (server.address() as AddressInfo).port };
  const down = async () => {
    isUp = false;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  servers.push(() => (isUp ? down() : undefined));
  return {
    lines,
    port: 'port' in bound ? bound.port : 0,
    down,
    up: () => listen(bound),
    setReads: (value: boolean) => {
      reads = value;
    },
    connections: () => connections,
    isIdle: () => sockets.size === 0,
    /** What the lines of JSON say. */
    logs: () => lines.map((line) => (JSON.parse(line) as { log: string }).log),
  };
}

describe('forwarding a log', () => {
  let folder = '';
  let path = '';
  const said: string[] = [];
  const running: Forwarder[] = [];
  const log = (_level: string, message: string) => void said.push(message);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skep-forward-'));
    path = join(folder, 'web-json.log');
    said.length = 0;
  });
  afterEach(async () => {
    for (const forwarder of running) forwarder.stop(0);
    await Promise.all(running.splice(0).map(({ done }) => done));
    for (const end of servers.splice(0)) await end();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(receiver: LogReceiver, isLive = () => true, usedClock = clock): Forwarder {
    const source: LogSource = { containerId: 'abcdefghijklmnop', path, receiver, tag: 'web.1', isLive };
    const forwarder = startForwarder(source, { hostname: 'h1', clock: usedClock, log });
    running.push(forwarder);
    return forwarder;
  }
  const tcp = (port: number): LogReceiver => ({ kind: 'tcp', host: '127.0.0.1', port });
  const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `line ${from + i}`);
  function write(writer: ReturnType<typeof createLogWriter>, from: number, to: number): void {
    for (const name of names(from, to)) writer.write(`${name}\n`, 1_000);
  }

  it('brings every line in order, over rotation, and is done when the container is', async () => {
    const server = await createLineServer();
    const writer = createLogWriter(path, 1_000, 3);
    write(writer, 0, 10);
    let live = true;
    const forwarder = start(tcp(server.port), () => live);
    for (let from = 10; from < 100; from += 10) {
      await until('the lines so far', () => server.lines.length === from);
      write(writer, from, from + 10);
    }
    live = false;
    await forwarder.done;
    assert.deepEqual(server.logs(), names(0, 100));
    assert.deepEqual(JSON.parse(server.lines[0] ?? ''), {
      time: '1970-01-01T00:00:01.000000000Z',
      stream: 'stdout',
      log: 'line 0',
      tag: 'web.1',
      container_id: 'abcdefghijklmnop',
      node: 'h1',
    });
    await server.down();
  });

  it('goes on after an outage with all that was written meanwhile', async () => {
    const server = await createLineServer();
    const writer = createLogWriter(path, 1_000_000, 3);
    await server.down();
    write(writer, 0, 50);
    start(tcp(server.port));
    await until('the outage to be said', () => said.length > 0);
    await server.up();
    await until('the lines', () => server.lines.length === 50);
    await server.down();
    write(writer, 50, 100);
    await server.up();
    await until('the later lines', () => server.logs().includes('line 99'));
    // What was sent shortly before the end may come twice, in order, but nothing is missing.
    assert.deepEqual([...new Set(server.logs())], names(0, 100));
    await server.down();
  });

  it('goes on behind what was received when the agent is started again', async () => {
    const server = await createLineServer();
    const writer = createLogWriter(path, 2_000, 5);
    write(writer, 0, 40);
    const first = start(tcp(server.port));
    await until('the lines to be noted', () => {
      const { cursor } = JSON.parse(readUnlessMissing(`${path}.sent`)) as { cursor?: Partial<Cursor> | null };
      // What is noted on a slow machine may be the first of the lines only.
      const { ino, dev, birthtimeNs, size } = statSync(path, { bigint: true });
      const isAtEnd = cursor?.file === `${dev}:${ino}:${birthtimeNs}` && cursor.offset === Number(size);
      return server.lines.length === 40 && isAtEnd;
    });
    first.stop(0);
    await first.done;
    write(writer, 40, 60);
    start(tcp(server.port));
    await until('the other lines', () => server.lines.length >= 60);
    assert.deepEqual(server.logs(), names(0, 60));
    await server.down();
  });

  it('begins anew when its note is damaged, or is about another file', async () => {
    const server = await createLineServer();
    const writer = createLogWriter(path, 100_000, 5);
    write(writer, 0, 5);
    const { ino, dev, birthtimeNs } = statSync(path, { bigint: true });
    const cursor = { file: `${dev}:${ino}:${birthtimeNs}`, offset: 150, mark: 'never there' };
    for (const note of ['{', 'null', JSON.stringify({ cursor, files: [], lostBytes: 0 })]) {
      writeFileSync(`${path}.sent`, note);
      const before = server.lines.length;
      const forwarder = start(tcp(server.port), () => false);
      await forwarder.done;
      assert.deepEqual(server.logs().slice(before), names(0, 5), note);
    }
    await server.down();
  });

  it('counts what rotation removed during an outage, and says so where it is missing', async () => {
    const server = await createLineServer();
    await server.down();
    const writer = createLogWriter(path, 1_000, 2);
    write(writer, 0, 10);
    const before = start(tcp(server.port));
    await until('the outage to be said', () => said.length > 0);
    await until('the files to be known', () => readUnlessMissing(`${path}.sent`).includes('"size":'));
    before.stop(0);
    await before.done;
    const { size } = statSync(path);
    write(writer, 10, 60);
    await server.up();
    start(tcp(server.port));
    await until('the last line', () => server.logs().includes('line 59'));
    const [first = '', ...others] = server.logs();
    const bytes = Number(
      /^skep: lines .* rotation before they could be sent \(at least (\d+) bytes\)$/.exec(first)?.[1],
    );
    assert.equal(bytes, size, first);
    assert.deepEqual(others, names(60 - others.length, 60));
    assert.ok(said.some((text) => text.startsWith('Rotation removed lines')));
    await server.down();
  });

  it('does not wait for ever for a receiver that takes nothing', async () => {
    const server = await createLineServer();
    server.setReads(false);
    const writer = createLogWriter(path, 100_000_000, 2);
    // More than the system keeps for a connection.
    for (let index = 0; index < 1_000; index++) writer.write(`${index} ${'x'.repeat(16_000)}\n`, 1_000);
    start(tcp(server.port), () => true, doubtfulClock);
    await until('another try', () => server.connections() >= 2);
    server.setReads(true);
    await until('all lines', () => server.lines.at(-1)?.includes('"log":"999 ') === true);
    const numbers = new Set(server.logs().map((text) => Number.parseInt(text, 10)));
    assert.equal(numbers.size, 1_000);
    await server.down();
  });

  it('speaks RFC 5424 by datagrams and by a socket of the node', async () => {
    const message = /^<(\d+)>1 1970-01-01T00:00:01\.000000Z h1 web\.1 abcdefghijkl - - line \d$/;
    const writer = createLogWriter(path, 1_000_000, 2);
    write(writer, 0, 3);
    const datagrams: string[] = [];
    const socket = createSocket('udp4');
    socket.on('message', (bytes) => datagrams.push(bytes.toString('utf8')));
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const transport = { kind: 'udp', host: '127.0.0.1', port: socket.address().port } as const;
    await start({ kind: 'syslog', transport, facility: 16 }, () => false).done;
    await until('the datagrams', () => datagrams.length === 3);
    for (const datagram of datagrams) assert.equal(message.exec(datagram)?.[1], String(16 * 8 + 6), datagram);
    socket.close();
    rmSync(`${path}.sent`);
    const server = await createLineServer({ path: join(folder, 'syslog.sock') });
    const unix = { kind: 'unix', path: join(folder, 'syslog.sock') } as const;
    await start({ kind: 'syslog', transport: unix, facility: 3 }, () => false).done;
    await until('the lines', () => server.lines.length === 3);
    for (const line of server.lines) assert.match(line, message);
    await server.down();
  });

  it('follows what is wanted: it ends with its log, and goes on when a container is started again', async () => {
    const server = await createLineServer();
    const writer = createLogWriter(path, 1_000_000, 2);
    write(writer, 0, 2);
    let wanted = true;
    let live = false;
    const source = { containerId: 'c', path, receiver: tcp(server.port), tag: 't', isLive: () => live };
    const forwarding = createLogForwarding({ hostname: 'h1', clock, log });
    const takeBack = forwarding.addSources(() => (wanted ? [source] : []));
    try {
      await until('the lines', () => server.lines.length === 2);
      // Done: nothing is connected.
      await until('the end', () => server.connections() === 1 && server.isIdle());
      write(writer, 2, 4);
      live = true;
      await until('the lines of the second run', () => server.lines.length === 4);
      assert.deepEqual(server.logs(), names(0, 4));
      // Written right before the log goes.
      write(writer, 4, 6);
      wanted = false;
      await until('the last words', () => server.lines.length === 6);
      await until('the end of the connection', () => server.isIdle());
    } finally {
      takeBack();
      await forwarding.close();
      await server.down();
    }
  });
});

function readUnlessMissing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '{}';
  }
}
