import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerRequest, ContainerState } from '../../../agent/executor/executor.ts';
import {
  decodeMessage,
  encodeRequest,
  FIELDS,
  splitFrames,
  stringField,
} from '../../../agent/executor/protocol.ts';
import { SkepError } from '../../../lib/errors.ts';
import { connectRaw } from './raw-keeper.ts';
import { buildSanitized, sanitizedBinaryPath } from './sanitized-keeper.ts';
import { plainExec, readAll, readUntil, until, writeText } from './stream-reader.ts';
import {
  buildOf,
  descriptorFlagsOf,
  descriptorsOf,
  privateBytesOf,
  startUpgradeableNode,
  type UpgradeableNode,
} from './takeover-node.ts';
import { keeperBinaryPath, skipReason } from './test-node.ts';

const CLOSE_ON_EXEC = 0o2000000;
const execOptions = { env: ['PATH=/bin'], workdir: '/', user: '', timeoutMs: 10_000 };
const range = [{ inside: 0, outside: 100_000, count: 65_536 }];
const counting = 'i=0; while [ ! -e /stop ]; do echo line $i; i=$((i+1)); done; echo over; exit 9';
const rotation = { log: { kind: 'json-file', maxBytes: 300_000, maxFiles: 1000 } } as const;

/** The files of a container's log, the newest first. */
function logFiles(u: UpgradeableNode, id: string): string[] {
  const path = join(u.node.folder, 'logs', `${id}.json`);
  const files = [path];
  while (existsSync(`${path}.${files.length}`)) files.push(`${path}.${files.length}`);
  return files;
}

/** The numbers that a counting container printed, in the order of its log. */
function countedIn(u: UpgradeableNode, id: string): string[] {
  return logFiles(u, id)
    .reverse()
    .flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'))
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { log: string }).log);
}

function assertNoneMissing(u: UpgradeableNode, id: string): void {
  const lines = countedIn(u, id);
  assert.ok(lines.length > 100);
  const wrong = lines.findIndex(
    (line, index) => line !== (index === lines.length - 1 ? 'over\n' : `line ${index}\n`),
  );
  assert.equal(wrong, -1, `line ${wrong} of ${id}: ${lines.slice(wrong - 1, wrong + 2).join('')}`);
}

/** Makes a file that the program waits for. The container may end before this program does. */
async function touch(u: UpgradeableNode, id: string, path: string): Promise<void> {
  const { exitCode, output } = await u.node.executor.exec(id, ['touch', path], execOptions);
  assert.ok(exitCode === 0 || exitCode === 137, output);
}

async function stopCounting(u: UpgradeableNode, id: string): Promise<void> {
  await touch(u, id, '/stop');
  assert.equal((await u.node.ended(id)).exit?.exitCode, 9);
  assertNoneMissing(u, id);
}

type Kind = readonly [id: string, command: string, extra?: Partial<ContainerRequest>];

/** Containers of every kind that a keeper has state for. */
const kinds: readonly Kind[] = [
  ['plain', 'printf begun; while [ ! -e /go ]; do sleep 0.01; done; echo " ended"; exit 5'],
  ['with-terminal', 'read x; echo "got $x"; stty size; exit 6', { tty: true, openStdin: true }],
  ['with-input', 'cat; echo closed; exit 7', { openStdin: true, stdinOnce: true }],
  ['quiet', 'echo nothing; sleep 1000', { log: { kind: 'none' } }],
  ['counting', counting],
  ['rotating', counting, rotation],
  ['paused', 'i=0; while true; do echo $i; i=$((i+1)); sleep 0.01; done'],
  ['host-pid', 'sleep 1000 & sleep 1000', { pidNamespace: { kind: 'host' } }],
  ['mapped', 'sleep 1000', { idMap: { users: range, groups: range } }],
  ['with-init', 'sleep 1000 & wait', { init: true }],
  ['held', 'echo first; sleep 1000', { openStdin: true, holdOutput: true }],
  ['exited', 'echo done; exit 4'],
  ['killed', 'sleep 1000'],
];

async function startKinds(u: UpgradeableNode): Promise<void> {
  const { executor } = u.node;
  for (const [id, command, extra] of kinds)
    await executor.start(u.node.request(id, ['sh', '-c', command], extra));
  await executor.pause('paused');
  await u.node.ended('exited');
  await executor.kill('killed');
  await u.node.ended('killed');
}

async function checkKinds(u: UpgradeableNode, before: readonly ContainerState[]): Promise<void> {
  const { executor, node } = { executor: u.node.executor, node: u.node };
  assert.deepEqual(await executor.list(), before);
  const state = (id: string): ContainerState | undefined => before.find((one) => one.id === id);
  assert.equal(state('paused')?.paused, true);
  assert.equal(state('exited')?.exit?.exitCode, 4);
  assert.equal(state('killed')?.exit?.signal, 9);

  await touch(u, 'plain', '/go');
  assert.equal((await node.ended('plain')).exit?.exitCode, 5);
  assert.deepEqual(
    node.records('plain').map((record) => record.log),
    ['begun ended\n'],
  );

  const terminal = await executor.attach('with-terminal', { stdin: true, output: true });
  terminal.resize({ columns: 91, rows: 17 });
  await writeText(terminal, 'word\n');
  const said = await readAll(terminal);
  assert.match(said.stdout, /got word\r\n17 91\r\n$/);
  assert.equal(said.exitCode, 6);

  const input = await executor.attach('with-input', { stdin: true, output: true });
  await writeText(input, 'passed on\n');
  input.endInput();
  assert.deepEqual(await readAll(input), { stdout: 'passed on\nclosed\n', stderr: '', exitCode: 7 });

  const length = node.records('paused').length;
  await executor.unpause('paused');
  await until('the paused one to go on', () => node.records('paused').length > length);
  for (const [index, record] of node.records('paused').entries()) assert.equal(record.log, `${index}\n`);

  const held = await executor.attach('held', { stdin: false, output: true });
  assert.equal(await readUntil(held, 'first\n'), 'first\n');
  held.close();
  for (const id of ['quiet', 'mapped', 'with-init']) {
    const result = await executor.exec(id, ['id', '-u'], execOptions);
    assert.deepEqual([result.exitCode, result.output], [0, '0\n'], id);
  }
}

async function endKinds(u: UpgradeableNode): Promise<void> {
  const { executor } = u.node;
  await stopCounting(u, 'counting');
  await stopCounting(u, 'rotating');
  assert.ok(existsSync(join(u.node.folder, 'logs', 'rotating.json.1')));
  for (const state of await executor.list()) {
    await executor.kill(state.id);
    if (state.exit === null) await u.node.ended(state.id);
    await executor.remove(state.id);
    assert.deepEqual(u.node.cgroups(state.id), [], state.id);
    assert.equal(existsSync(join(u.node.stateFolder, state.id)), false);
  }
}

describe('a new version of the keeper', { skip: skipReason }, () => {
  let u: UpgradeableNode;
  before(async () => {
    u = await startUpgradeableNode();
  });
  after(async () => {
    await u.close();
  });

  it('takes over from the running one: containers of every kind go on as they were', async () => {
    await startKinds(u);
    const before = await u.node.executor.list();
    const first = await u.greet();
    const descriptors = await settledDescriptors(first.pid);
    const oldProgram = readFileSync(`/proc/${first.pid}/exe`);
    await u.install(keeperBinaryPath, 'second');
    assert.equal(await u.takeOver(), null);
    const second = await u.greet();
    assert.deepEqual({ ...second, build: '' }, { ...first, build: '' });
    assert.notEqual(second.build, first.build);
    assert.equal(second.build, buildOf(u.programPath));
    assert.notDeepEqual(readFileSync(`/proc/${first.pid}/exe`), oldProgram);
    assert.match(readFileSync(`/proc/${first.pid}/maps`, 'utf8'), /memfd:skep-keeper/);
    for (const flags of descriptorFlagsOf(first.pid))
      assert.equal(flags & CLOSE_ON_EXEC, CLOSE_ON_EXEC, 'containers get none of its descriptors');
    assert.deepEqual(await u.node.executor.list(), before);
    assert.equal(await settledDescriptors(first.pid), descriptors);
    await checkKinds(u, before);
    // And on it goes, with new containers too.
    const run = await u.node.run('new-one', 'echo made; ulimit -n; exit 3');
    assert.equal(run.exitCode, 3);
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    assert.equal(run.output, `made\n${soft}\n`);
    await endKinds(u);
    assert.deepEqual(await u.node.executor.list(), []);
  });

  it('takes over twenty times in a row, without losing a line or gaining a descriptor', async () => {
    const { executor } = u.node;
    await executor.start(u.node.request('lines', ['sh', '-c', counting], rotation));
    await executor.start(u.node.request('shell', ['sh'], { tty: true, openStdin: true }));
    await executor.start(u.node.request('partial', ['sh', '-c', 'printf part; sleep 1000']));
    const { pid } = await u.greet();
    const ends: string[] = [];
    let descriptors = 0;
    let bytes = 0;
    for (let turn = 0; turn < 20; turn++) {
      const id = `brief-${turn}`;
      // Ends at some moment around the takeover.
      await executor.start(u.node.request(id, ['sh', '-c', `sleep 0.0${turn % 10}; exit ${turn}`]));
      await u.install(keeperBinaryPath, `turn ${turn}`);
      const refused = await u.takeOver();
      assert.equal(refused, null, refused?.text);
      const { build } = await u.greet();
      assert.equal(build, buildOf(u.programPath));
      assert.equal((await u.node.ended(id)).exit?.exitCode, turn);
      ends.push(id);
      await executor.remove(id);
      if (turn > 1) continue;
      await executor.list();
      descriptors = await settledDescriptors(pid);
      bytes = privateBytesOf(pid);
    }
    await executor.list();
    assert.equal(await settledDescriptors(pid), descriptors);
    assert.ok(privateBytesOf(pid) < bytes + 2_000_000, `${privateBytesOf(pid)} bytes, ${bytes} at first`);
    await stopCounting(u, 'lines');
    for (const file of logFiles(u, 'lines')) assert.ok(statSync(file).size <= rotation.log.maxBytes, file);
    const shell = await executor.attach('shell', { stdin: true, output: true });
    await writeText(shell, 'echo $((6 * 7))\n');
    await readUntil(shell, '42\r\n');
    shell.close();
    await executor.kill('partial');
    await u.node.ended('partial');
    assert.deepEqual(
      u.node.records('partial').map((record) => record.log),
      ['part'],
    );
  });

  it('does not when the file is none that can: the old one goes on, and tells why', async () => {
    const { executor } = u.node;
    const container = await executor.start(u.node.request('unharmed', ['sh', '-c', counting]));
    const before = await u.greet();
    const folder = mkdtempSync(join(tmpdir(), 'skep-programs-'));
    const script = join(folder, 'script');
    const text = join(folder, 'text');
    writeFileSync(script, '#!/bin/sh\nexit 73\n', { mode: 0o755 });
    writeFileSync(text, 'no program', { mode: 0o644 });
    const cases: readonly (readonly [path: string, why: RegExp])[] = [
      [join(folder, 'missing'), /cannot be read or run/],
      [folder, /cannot be read or run/],
      [text, /cannot be read or run/],
      [script, /cannot be run/],
      ['/bin/true', /no keeper that can take over/],
      ['/bin/busybox', /no keeper that can take over/],
    ];
    for (const [path, why] of cases) assert.match((await u.takeOver(path))?.text ?? '', why, path);
    assert.deepEqual(await u.greet(), before);
    const descriptors = await settledDescriptors(before.pid);
    for (const [path] of cases) await u.takeOver(path);
    assert.equal(await settledDescriptors(before.pid), descriptors);
    assert.deepEqual(
      (await executor.list()).find((state) => state.id === 'unharmed'),
      container,
    );
    await stopCounting(u, 'unharmed');
    rmSync(folder, { recursive: true });
  });

  it('that cannot read the state gives the containers back to the old one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skep-programs-'));
    // To this program the ids of our containers, in small letters, are none.
    const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.';
    const program = readFileSync(keeperBinaryPath);
    program.write(letters.toUpperCase(), program.indexOf(letters), 'latin1');
    writeFileSync(join(folder, 'skep-keeper'), program, { mode: 0o755 });
    const { executor } = u.node;
    const container = await executor.start(u.node.request('given-back', ['sh', '-c', counting]));
    const before = await u.greet();
    assert.equal(await u.takeOver(join(folder, 'skep-keeper')), null);
    assert.deepEqual(await u.greet(), before);
    assert.match(readFileSync(`${u.node.socketPath}.log`, 'utf8'), /field 6 of the state makes no sense/);
    assert.deepEqual(
      (await executor.list()).find((state) => state.id === 'given-back'),
      container,
    );
    await stopCounting(u, 'given-back');
    // And it can still be replaced by one that can.
    await u.install(keeperBinaryPath, 'after all');
    assert.equal(await u.takeOver(), null);
    assert.equal((await u.greet()).build, buildOf(u.programPath));
    rmSync(folder, { recursive: true });
  });

  it('waits for what is under way, and says what that is', async () => {
    const { executor } = u.node;
    await executor.start(u.node.request('busy', ['cat'], { openStdin: true }));
    const expectBusy = async (what: RegExp): Promise<void> => {
      const refused = await u.takeOver();
      assert.equal(refused?.kind, 'busy');
      assert.match(refused.text, what);
    };
    const before = await u.greet();
    const attached = await executor.attach('busy', { stdin: true, output: true });
    await expectBusy(/0 starts, 0 pauses and removals, 1 streams, 0 health checks/);
    const entered = await executor.execStream('busy', ['sleep', '1000'], plainExec);
    await expectBusy(/2 streams/);
    entered.close();
    attached.close();
    const check = executor.exec('busy', ['sh', '-c', 'while [ ! -e /go ]; do sleep 0.01; done'], execOptions);
    await until('the check to run', () => readChildren(before.pid) > 1);
    await expectBusy(/0 streams, 1 health checks/);
    const touched = await executor.exec('busy', ['touch', '/go'], execOptions);
    assert.equal(touched.exitCode, 0);
    assert.equal((await check).exitCode, 0);
    // What begins while the new program is asked counts too.
    const raw = await connectRaw(u.node.socketPath);
    const takeover = encodeRequest('takeOver', 1, [stringField(FIELDS.program, u.programPath)]);
    const attach = encodeRequest('attach', 2, [stringField(FIELDS.id, 'busy')]);
    raw.send(Buffer.concat([takeover, attach]));
    const answers = splitFrames((await raw.receive(1000)).bytes).messages.map(decodeMessage);
    raw.destroy();
    assert.deepEqual(
      answers.map((answer) => [answer.kind, 'request' in answer ? answer.request : 0]),
      [
        ['ok', 2],
        ['error', 1],
      ],
    );
    assert.deepEqual(await u.greet(), before);
    for (let refusal = await u.takeOver(); refusal !== null; refusal = await u.takeOver())
      assert.equal(refusal.kind, 'busy', refusal.text);
  });

  it('that is forced ends streams with a reason, and loses no program', async () => {
    const { executor } = u.node;
    await executor.start(u.node.request('forced', ['cat'], { openStdin: true }));
    const attached = await executor.attach('forced', { stdin: true, output: true });
    const ticking = [
      'sh',
      '-c',
      'trap "" HUP PIPE; while [ ! -e /go ]; do echo x; sleep 0.01; done; touch /gone',
    ];
    const entered = await executor.execStream('forced', ticking, plainExec);
    await readUntil(entered, 'x');
    const check = executor.exec('forced', ['sleep', '1000'], execOptions);
    check.catch(() => {});
    const { build } = await u.greet();
    await u.install(keeperBinaryPath, 'forced');
    const isReplaced = (error: unknown): boolean => {
      assert.ok(error instanceof SkepError);
      assert.equal(error.code, 'UNAVAILABLE');
      return /the keeper was replaced by a new version|connection to the keeper/.test(error.message);
    };
    const ends = [attached, entered].map((stream) => assert.rejects(readAll(stream), isReplaced));
    let refused = await u.takeOver(u.programPath, true);
    for (let attempt = 0; refused !== null && attempt < 50; attempt++) {
      assert.equal(refused.kind, 'busy', refused.text);
      refused = await u.takeOver(u.programPath, true);
    }
    assert.equal(refused, null);
    await Promise.all([...ends, assert.rejects(check, isReplaced)]);
    assert.notEqual((await u.greet()).build, build);
    assert.equal((await executor.exec('forced', ['touch', '/go'], execOptions)).exitCode, 0);
    const wait = ['sh', '-c', 'while [ ! -e /gone ]; do sleep 0.01; done'];
    assert.equal((await executor.exec('forced', wait, execOptions)).exitCode, 0);
    const again = await executor.attach('forced', { stdin: true, output: true });
    await writeText(again, 'still here\n');
    await readUntil(again, 'still here\n');
    again.close();
  });
});

describe('a takeover under the address and undefined behaviour sanitizers', { skip: skipReason }, () => {
  it('finds no fault, there and back', async (context) => {
    const missing = buildSanitized();
    if (missing !== null) return context.skip(missing);
    const u = await startUpgradeableNode();
    try {
      await startKinds(u);
      const before = await u.node.executor.list();
      for (const source of [
        sanitizedBinaryPath,
        sanitizedBinaryPath,
        keeperBinaryPath,
        sanitizedBinaryPath,
      ]) {
        await u.install(source, `${Math.random()}`);
        assert.equal(await u.takeOver(), null);
        assert.equal((await u.greet()).build, buildOf(u.programPath));
      }
      assert.match(readFileSync(`/proc/${(await u.greet()).pid}/maps`, 'utf8'), /libasan/);
      await checkKinds(u, before);
      await endKinds(u);
    } finally {
      await u.close();
    }
  });
});

/** How many descriptors the keeper has once it saw that clients are gone. */
async function settledDescriptors(pid: number): Promise<number> {
  let count = descriptorsOf(pid);
  for (let same = 0; same < 5; ) {
    await sleep(10);
    const now = descriptorsOf(pid);
    same = now === count ? same + 1 : 0;
    count = now;
  }
  return count;
}

/** Children of a process. */
function readChildren(pid: number): number {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').length;
}
