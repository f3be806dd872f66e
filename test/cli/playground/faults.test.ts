import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';

import { readHierarchies } from '../../../cli/playground/cgroup.ts';
import { hostPaths } from '../../../cli/playground/names.ts';
import {
  cutHost,
  down,
  execInHost,
  healHost,
  killHost,
  pauseHost,
  resumeHost,
  spawnInHost,
  startHost,
  status,
  stopHost,
  up,
} from '../../../cli/playground/playground.ts';
import { inspectHost, isInit, parseStatus } from '../../../cli/playground/processes.ts';
import { parseCuts } from '../../../cli/playground/wires.ts';
import {
  eventually,
  PLACEHOLDER,
  reaches,
  remains,
  runsOf,
  skip,
  withPlayground,
} from './test-playground.ts';

/** Says when it listens; when its input ends it has looked at its socket once more, and says what it heard. */
const LISTEN = `
  let heard = 0;
  const socket = require('dgram').createSocket('udp4');
  socket.on('message', () => heard++);
  socket.bind(7001, () => console.log('ready'));
  const report = () => { console.log(heard); process.exit(); };
  process.stdin.on('end', () => setTimeout(() => setTimeout(report, 20), 20)).resume();
`;
const SEND = `
  const socket = require('dgram').createSocket('udp4');
  const send = (left) => left === 0 ? socket.close() : socket.send('x', 7001, process.argv[1], () => send(left - 1));
  send(10);
`;

/** True when datagrams of one host reach another one; nothing has to come back. */
async function delivers(name: string, from: string, to: string): Promise<boolean> {
  const listener = await spawnInHost(name, to, ['node', '-e', LISTEN]);
  assert.ok(listener.stdout !== null && listener.stdin !== null);
  const lines = createInterface({ input: listener.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'ready');
  const sent = await execInHost(name, from, ['node', '-e', SEND, to]);
  assert.equal(sent.exitCode, 0, sent.stderr);
  listener.stdin.end();
  const { value } = await lines.next();
  assert.match(value ?? '', /^\d+$/);
  return Number(value) > 0;
}

/** Tells a host the link address of another one for good, as it could not ask through a cut cable. */
async function introduce(name: string, host: string, other: string): Promise<void> {
  const shown = await execInHost(name, other, ['ip', '-j', 'addr', 'show', 'eth0']);
  const [{ address, addr_info: addresses }] = JSON.parse(shown.stdout);
  const neighbour = [addresses[0].local, 'lladdr', address, 'dev', 'eth0', 'nud', 'permanent'];
  await execInHost(name, host, ['ip', 'neigh', 'replace', ...neighbour]);
}

async function daemonOf(name: string, host: string) {
  return (await inspectHost(await readHierarchies(), hostPaths(name, host))).daemon;
}

async function stateOf(name: string, host: string): Promise<string> {
  return (await status(name)).hosts.find((candidate) => candidate.host === host)?.state ?? '';
}

describe('faults of a playground', { skip }, () => {
  it('make a cable dead in one direction at a time', async () => {
    const name = `test-fa-${process.pid}`;
    await withPlayground(name, 1, async () => {
      assert.ok(await reaches(name, 'client', 'h2'));
      await introduce(name, 'h1', 'h2');
      await introduce(name, 'h2', 'h1');
      for (const direction of ['inbound', 'outbound'] as const) {
        await cutHost(name, 'h2', direction);
        assert.equal(await stateOf(name, 'h2'), `cut ${direction}`);
        assert.equal(await stateOf(name, 'h1'), 'running');
        assert.ok(!(await reaches(name, 'client', 'h2', 1)));
        assert.equal(await delivers(name, 'h1', 'h2'), direction === 'outbound');
        assert.equal(await delivers(name, 'h2', 'h1'), direction === 'inbound');
        await healHost(name, 'h2');
        assert.equal(await stateOf(name, 'h2'), 'running');
        assert.ok(await reaches(name, 'client', 'h2'));
      }
    });
  });

  it('add up to a whole cut, and all end with one heal', async () => {
    const name = `test-fb-${process.pid}`;
    await withPlayground(name, 1, async () => {
      await cutHost(name, 'h2', 'inbound');
      await cutHost(name, 'h2', 'inbound');
      await cutHost(name, 'h2', 'outbound');
      assert.equal(await stateOf(name, 'h2'), 'cut');
      await cutHost(name, 'h1');
      await healHost(name, 'h2');
      const { hosts } = await status(name);
      assert.deepEqual(
        hosts.map(({ state, faults }) => [state, faults]),
        [
          ['cut', ['cut']],
          ['running', []],
          ['running', []],
        ],
      );
      await healHost(name, 'h1');
      assert.ok(await reaches(name, 'h2', 'h1'));
      // A host that boots has a whole cable, as one that was pulled is plugged in again.
      await cutHost(name, 'h2', 'outbound');
      await stopHost(name, 'h2');
      await startHost(name, 'h2');
      assert.equal(await stateOf(name, 'h2'), 'running');
    });
  });

  it('stop a daemon in the middle of what it does, and let it go on as the same one', async () => {
    const name = `test-fc-${process.pid}`;
    await withPlayground(name, 0, async () => {
      await eventually(async () => (await daemonOf(name, 'h1')) !== undefined);
      const before = await daemonOf(name, 'h1');
      await pauseHost(name, 'h1');
      await eventually(async () => (await stateOf(name, 'h1')) === 'paused');
      await assert.rejects(startHost(name, 'h1'), /is paused/);
      await resumeHost(name, 'h1');
      await eventually(async () => (await stateOf(name, 'h1')) === 'running');
      assert.deepEqual(await daemonOf(name, 'h1'), before);
      await pauseHost(name, 'h1');
      await killHost(name, 'h1');
      assert.equal(await stateOf(name, 'h1'), 'killed');
      await assert.rejects(pauseHost(name, 'h1'), /no daemon runs on h1/);
    });
  });

  it('kill a daemon, which stays dead until its host is started, and nothing beside it', async () => {
    const name = `test-fd-${process.pid}`;
    await withPlayground(name, 0, async () => {
      await eventually(async () => (await runsOf(name, 'h1')) === 1);
      const initPid = (await status(name)).hosts[0]?.pid;
      const children = async () =>
        (await execInHost(name, 'h1', ['pgrep', '-f', '-c', '^sleep 1000'])).stdout;
      assert.equal(await children(), '1\n');
      await killHost(name, 'h1');
      assert.equal(await daemonOf(name, 'h1'), undefined);
      assert.equal(await stateOf(name, 'h1'), 'killed');
      assert.equal(await children(), '1\n');
      await assert.rejects(killHost(name, 'h1'), /no daemon runs on h1/);
      await assert.rejects(killHost(name, 'client'), /no daemon runs on client/);
      await startHost(name, 'h1');
      await eventually(async () => (await runsOf(name, 'h1')) === 2);
      assert.equal((await status(name)).hosts[0]?.pid, initPid);
      assert.equal(await stateOf(name, 'h1'), 'running');
    });
  });

  it('fill a disk of a given size, whose data outlives a power cut', async () => {
    const name = `test-fe-${process.pid}`;
    const limited = { dataLimitBytes: 4 * 1024 * 1024 };
    const use = async () => {
      await writeFile(join(hostPaths(name, 'h2').data, 'kept'), 'still here');
      const fill = ['dd', 'if=/dev/zero', 'of=/var/lib/skep/filler', 'bs=64k', 'count=128'];
      const filled = await execInHost(name, 'h2', fill);
      assert.equal(filled.exitCode, 1);
      assert.match(filled.stderr, /No space left on device/);
      const other = await execInHost(name, 'h1', [...fill.slice(0, -1), 'count=32']);
      assert.equal(other.exitCode, 0);
      await stopHost(name, 'h2');
      await startHost(name, 'h2');
      const look = await execInHost(name, 'h2', ['cat', '/var/lib/skep/kept']);
      assert.equal(look.stdout, 'still here');
      await execInHost(name, 'h2', ['rm', '/var/lib/skep/filler']);
      assert.equal((await execInHost(name, 'h2', ['touch', '/var/lib/skep/room'])).exitCode, 0);
      await assert.rejects(up({ name, dataLimitBytes: 8 * 1024 * 1024 }), /4194304 bytes of data each/);
      // One mount for each host with a daemon, and none on top of another.
      const mountinfo = await readFile('/proc/self/mountinfo', 'utf8');
      assert.equal(mountinfo.split(`/${name}/`).length - 1, 2);
    };
    await withPlayground(name, 1, use, limited);
  });

  it('end for the daemons of a playground that is told to come up again', async () => {
    const name = `test-fg-${process.pid}`;
    await withPlayground(name, 1, async () => {
      for (const host of ['h1', 'h2']) await eventually(async () => (await runsOf(name, host)) === 1);
      await killHost(name, 'h1');
      await pauseHost(name, 'h2');
      await up({ name });
      await eventually(async () => (await runsOf(name, 'h1')) === 2);
      await eventually(async () => (await stateOf(name, 'h2')) === 'running');
      assert.equal(await runsOf(name, 'h2'), 1);
    });
  });

  it('all leave nothing behind when a playground ends with them', async () => {
    const name = `test-ff-${process.pid}`;
    try {
      await up({ name, managers: 3, workers: 0, daemon: PLACEHOLDER, dataLimitBytes: 2 * 1024 * 1024 });
      await eventually(async () => (await daemonOf(name, 'h2')) !== undefined);
      await eventually(async () => (await daemonOf(name, 'h3')) !== undefined);
      await cutHost(name, 'h1', 'inbound');
      await pauseHost(name, 'h2');
      await killHost(name, 'h3');
      const { hosts } = await status(name);
      assert.deepEqual(
        hosts.map(({ role, state }) => [role, state]),
        [
          ['manager', 'cut inbound'],
          ['manager', 'paused'],
          ['manager', 'killed'],
          ['client', 'running'],
        ],
      );
    } finally {
      await down(name);
    }
    assert.deepEqual(await remains(name), []);
  });
});

describe('what a host is doing', () => {
  const status = (pids: string, state = 'S (sleeping)') => `Name:\tx\nState:\t${state}\nNSpid:\t${pids}\n`;

  it('is read from the status of its processes', () => {
    assert.deepEqual(parseStatus(status('4711\t12', 'T (stopped)')), { pids: [4711, 12], state: 'T' });
    assert.deepEqual(parseStatus(''), { pids: [], state: '' });
    assert.ok(isInit(status('4711\t1')));
    assert.ok(!isInit(status('1')));
    assert.ok(!isInit(status('4711\t12\t1')));
    assert.ok(!isInit(status('4711\t1', 'Z (zombie)')));
  });

  it('is read from the sets of the switch', () => {
    const sets = [
      { metainfo: { version: '1.0.6' } },
      { set: { name: 'inbound', elem: ['p1', 'p2'] } },
      { set: { name: 'outbound' } },
    ];
    assert.deepEqual(parseCuts(JSON.stringify({ nftables: sets })), { inbound: ['p1', 'p2'], outbound: [] });
    assert.deepEqual(parseCuts(''), { inbound: [], outbound: [] });
  });
});
