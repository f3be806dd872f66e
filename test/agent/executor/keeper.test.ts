import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { cgroupParentFolders, readCgroupLayout } from '../../../agent/executor/cgroup-plan.ts';
import { planContainer } from '../../../agent/executor/container-plan.ts';
import { encodeStart } from '../../../agent/executor/executor-factory.ts';
import { connectKeeper } from '../../../agent/executor/keeper-client.ts';
import { greet } from '../../../agent/executor/keeper-process.ts';
import {
  bytesField,
  decodeMessage,
  encodeRequest,
  encodeSteps,
  FIELDS,
  numberField,
  type RequestKind,
  splitFrames,
  stringField,
} from '../../../agent/executor/protocol.ts';
import { connectRaw } from './raw-keeper.ts';
import { keeperBinaryPath, skipReason, startTestNode, type TestNode } from './test-node.ts';

const silent = { onExit: () => {}, onLost: () => {} };
const execOptions = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 10_000 };

describe('the keeper', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  it('serves a socket that only its owner may use, in a session of its own, from sealed memory', async () => {
    assert.equal(statSync(node.socketPath).mode & 0o777, 0o600);
    const client = await connectKeeper(node.socketPath, silent);
    const { pid, instance } = await greet(client);
    client.close();
    assert.equal(instance, node.executor.keeperInstance);
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    assert.equal(fields[3], String(pid), 'it leads its session');
    assert.match(readFileSync(`/proc/${pid}/maps`, 'utf8'), /memfd:skep-keeper/);
  });

  it('refuses to serve a socket that another keeper serves', async () => {
    const second = promisify(execFile)(keeperBinaryPath, ['--socket', node.socketPath]);
    await assert.rejects(second, /another keeper serves/);
    await assert.rejects(promisify(execFile)(keeperBinaryPath, ['--nonsense']), /usage: skep-keeper/);
  });

  it('keeps containers and their exit statuses when every client goes', async () => {
    const first = await node.connect();
    const request = node.request('survivor', [
      'sh',
      '-c',
      'echo begun; while [ ! -e /go ]; do sleep 0.01; done; echo over; exit 5',
    ]);
    await first.start(request);
    first.close();
    const second = await node.connect();
    const running = (await second.list()).find((state) => state.id === 'survivor');
    assert.equal(running?.exit, null);
    const seen = new Promise<number | undefined>((resolve) => {
      second.onExit((state) => resolve(state.exit?.exitCode));
    });
    const touched = await second.exec('survivor', ['touch', '/go'], execOptions);
    // The container may end, and take it along, before it has ended itself.
    assert.ok([0, 137].includes(touched.exitCode), touched.output);
    assert.equal(await seen, 5);
    second.close();
    const third = await node.connect();
    const ended = (await third.list()).find((state) => state.id === 'survivor');
    assert.equal(ended?.exit?.exitCode, 5);
    assert.equal(node.output('survivor'), 'begun\nover\n');
    await third.remove('survivor');
    third.close();
  });

  it('starts many containers at once', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    await Promise.all(ids.map((id) => node.executor.start(node.request(id, ['sh', '-c', `echo ${id}`]))));
    await Promise.all(ids.map((id) => node.ended(id)));
    for (const id of ids) assert.equal(node.output(id), `${id}\n`);
    await Promise.all(ids.map((id) => node.executor.remove(id)));
  });

  it('answers malformed frames with an error or closes, and lives on', async () => {
    const frame = (bytes: Uint8Array): Uint8Array => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const cases: readonly Uint8Array[] = [
      Buffer.from([0, 0, 0, 0]),
      Buffer.from([0xff, 0xff, 0xff, 0xff]),
      Buffer.from([5, 0, 0, 0, 1, 0, 1, 0, 0]),
      frame(Buffer.from([77, 0, 1, 0, 0, 0])),
      encodeRequest('start', 1, []),
      encodeRequest('start', 1, [stringField(FIELDS.id, '../x'), stringField(FIELDS.logPath, '/tmp/x')]),
      encodeRequest('start', 1, [bytesField(FIELDS.id, new Uint8Array([65, 66]))]),
      encodeRequest('signal', 1, [numberField(FIELDS.signal, 9)]),
      encodeRequest('signal', 1, [stringField(FIELDS.id, 'x'), bytesField(FIELDS.signal, new Uint8Array(3))]),
      encodeRequest('netlink', 1, [bytesField(FIELDS.netlink, new Uint8Array(2))]),
      encodeRequest('exec', 1, [stringField(FIELDS.id, 'x')]),
      frame(Buffer.concat([Buffer.from([3, 0, 1, 0, 0, 0]), Buffer.from([1, 0, 0xff, 0xff, 0xff, 0x7f])])),
    ];
    for (const bytes of cases) {
      const raw = await connectRaw(node.socketPath);
      raw.send(bytes);
      const answer = await raw.receiveSomething();
      raw.destroy();
      const message = decodeMessage(splitFrames(answer).messages[0] ?? new Uint8Array());
      assert.equal(message.kind, 'error', Buffer.from(bytes).toString('hex'));
    }
    assert.ok(await node.executor.list());
  });

  it('survives any bytes at all', async () => {
    const kinds: readonly RequestKind[] = ['start', 'exec', 'signal', 'remove', 'netlink', 'list'];
    const field = fc.oneof(
      fc.tuple(fc.nat(12), fc.uint8Array({ maxLength: 24 })).map(([tag, bytes]) => bytesField(tag, bytes)),
      fc.constant(stringField(FIELDS.id, 'fuzz')),
      fc.constant(encodeSteps([{ kind: 'folder', name: 'x', path: '/x' }])),
      fc
        .tuple(fc.nat(60), fc.uint8Array({ maxLength: 40 }))
        .map(([kind, bytes]) => bytesField(FIELDS.step, Buffer.concat([Buffer.from([kind, 0]), bytes]))),
    );
    const frames = fc.tuple(fc.constantFrom(...kinds), fc.array(field, { maxLength: 5 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(frames, { maxLength: 5 }),
        fc.uint8Array({ maxLength: 30 }),
        async (list, tail) => {
          const raw = await connectRaw(node.socketPath);
          for (const [kind, fields] of list) raw.send(encodeRequest(kind, 7, fields));
          raw.send(tail);
          await raw.receive(2);
          raw.destroy();
          await node.executor.list();
        },
      ),
      { numRuns: 60 },
    );
    assert.equal(
      (await node.executor.list()).some((state) => state.id === 'fuzz'),
      false,
    );
  });
});

const unified = '/sys/fs/cgroup/unified';

describe('control groups of version 2', {
  skip: skipReason || (existsSync(unified) ? false : `needs ${unified}`),
}, () => {
  it('are made, joined, shown inside, frozen and removed', async () => {
    const node = await startTestNode();
    const client = await connectKeeper(node.socketPath, silent);
    try {
      const request = node.request('v2', [
        'sh',
        '-c',
        'grep ^0: /proc/self/cgroup; mount | grep cgroup2; sleep 1000',
      ]);
      // Hybrid: no controller is free for this tree, so groups only, without limits.
      const layout = { version: 2, mountPoint: unified } as const;
      const plan = planContainer(request, {
        cgroups: layout,
        cgroupParent: node.cgroupParent,
        stateFolder: node.stateFolder,
      });
      mkdirSync(dirname(request.logPath), { recursive: true });
      const reply = await client.request('start', encodeStart(request, plan), 10_000);
      assert.ok('fields' in reply, JSON.stringify(reply));
      const group = `${unified}${node.cgroupParent}/v2`;
      const state = (await node.executor.list()).find((candidate) => candidate.id === 'v2');
      assert.equal(readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n')[0], String(state?.pid));
      const check = await node.executor.exec('v2', ['grep', '^0:', '/proc/self/cgroup'], execOptions);
      assert.equal(check.output, '0::/\n');
      const frozen = (): boolean => readFileSync(join(group, 'cgroup.events'), 'utf8').includes('frozen 1');
      for (const expected of [true, false, true]) {
        await (expected ? node.executor.pause('v2') : node.executor.unpause('v2'));
        assert.equal(frozen(), expected);
      }
      await node.executor.kill('v2');
      await node.ended('v2');
      assert.match(node.output('v2'), /^0::\/\ncgroup2 on \/sys\/fs\/cgroup type cgroup2 \(ro,/);
      await node.executor.remove('v2');
      assert.equal(existsSync(group), false);
    } finally {
      client.close();
      await node.close();
      rmdirSync(`${unified}${node.cgroupParent}`);
    }
  });
});

describe('a keeper that dies', { skip: skipReason }, () => {
  it('takes its containers with it, and what they leave can be cleaned away', async () => {
    const node = await startTestNode();
    try {
      const state = await node.executor.start(node.request('lost', ['sleep', '1000']));
      await node.executor.start(node.request('lost-init', ['sleep', '1000'], { init: true }));
      const instance = node.executor.keeperInstance;
      const client = await connectKeeper(node.socketPath, silent);
      const { pid } = await greet(client);
      const gone = [node.ended('lost'), node.ended('lost-init')];
      process.kill(pid, 'SIGKILL');
      // The executor notices, starts another keeper and reports what was lost.
      assert.deepEqual(
        (await Promise.all(gone)).map((ended) => ended.exit?.signal),
        [9, 9],
      );
      client.close();
      assert.notEqual(node.executor.keeperInstance, instance);
      assert.equal(existsSync(`/proc/${state.pid}/exe`), false);
      assert.deepEqual(await node.executor.list(), []);
      assert.ok(node.cgroups('lost').length > 0);
      mkdirSync(join(node.stateFolder, 'kept'));
      // A group without a folder here belongs to another daemon with the same parent.
      const parents = cgroupParentFolders(
        readCgroupLayout(readFileSync('/proc/self/mountinfo', 'utf8')),
        node.cgroupParent,
      );
      for (const parent of parents) mkdirSync(join(parent, 'stranger'));
      await node.executor.cleanLeftovers(['kept']);
      assert.equal(node.cgroups('stranger').length, parents.length);
      for (const parent of parents) rmdirSync(join(parent, 'stranger'));
      assert.deepEqual(node.cgroups('lost'), []);
      assert.deepEqual(node.cgroups('lost-init'), []);
      assert.deepEqual(readdirSync(node.stateFolder), ['kept']);
    } finally {
      await node.close();
    }
    const layout = readCgroupLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
    for (const parent of cgroupParentFolders(layout, node.cgroupParent))
      assert.equal(existsSync(parent), false);
  });
});

describe('the log of a container', { skip: skipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  it('has a record per line with stream and time', async () => {
    const before = new Date();
    await node.run(
      'lines',
      'echo one; echo "two \\"quoted\\" \\\\ "; printf "tab\\there\\r\\n"; printf unfinished',
    );
    const records = node.records('lines');
    assert.deepEqual(
      records.map((record) => record.log),
      ['one\n', 'two "quoted" \\ \n', 'tab\there\r\n', 'unfinished'],
    );
    for (const record of records) {
      assert.match(record.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
      assert.ok(Date.parse(record.time) >= before.getTime() - 1);
    }
  });

  it('splits lines of more than 16 KiB', async () => {
    await node.run(
      'long',
      'head -c 40000 /dev/zero | tr "\\0" a; echo; head -c 16384 /dev/zero | tr "\\0" b; echo',
    );
    const lengths = node.records('long').map((record) => [record.log.length, record.log.endsWith('\n')]);
    assert.deepEqual(lengths, [
      [16_384, false],
      [16_384, false],
      [40_000 - 2 * 16_384 + 1, true],
      [16_384, false],
      [1, true],
    ]);
  });

  it('is valid UTF-8 whatever the program writes', async () => {
    await node.run(
      'bytes',
      'printf "caf\\303\\251 \\377\\376 \\303( \\355\\240\\200 \\360\\237\\220\\235 \\000\\001\\177\\n"',
    );
    assert.deepEqual(
      node.records('bytes').map((record) => record.log),
      ['café \ufffd\ufffd \ufffd( \ufffd\ufffd\ufffd \u{1f41d} \0\u0001\u007f\n'],
    );
    await node.run('split', 'i=0; while [ $i -lt 6000 ]; do printf "\\342\\202\\254"; i=$((i+1)); done');
    const text = node
      .records('split')
      .map((record) => record.log)
      .join('');
    assert.equal(text, '€'.repeat(6000));
  });

  it('has everything that was written before the end, in order', async () => {
    await node.run('flood', 'i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done');
    const logs = node.records('flood').map((record) => record.log);
    assert.deepEqual(
      logs,
      Array.from({ length: 5000 }, (_, index) => `line ${index}\n`),
    );
  });

  it('is refused when it cannot be a regular file', async () => {
    const device = node.executor.start(node.request('device', ['true'], { logPath: '/dev/full' }));
    await assert.rejects(device, /open the log file/);
  });

  it('on a full disk loses records, but never half of one, and the container goes on', async () => {
    const disk = join(node.folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    try {
      const logPath = join(disk, 'full.json');
      const command = 'i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; exit 6';
      await node.executor.start(node.request('full', ['sh', '-c', command], { logPath }));
      assert.equal((await node.ended('full')).exit?.exitCode, 6);
      const text = readFileSync(logPath, 'utf8');
      assert.ok(text.length > 30_000 && text.endsWith('\n'));
      for (const line of text.trim().split('\n')) assert.match(JSON.parse(line).log, /^line \d+\n$/);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
