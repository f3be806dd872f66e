import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import {
  bytesField,
  concatBytes,
  encodeRequest,
  encodeSteps,
  FIELDS,
  numberField,
  type RequestKind,
  STEP_KINDS,
  type StepKind,
  stringField,
} from '../../../../agent/executor/protocol.ts';
import { connectRaw } from '../raw-keeper.ts';
import { buildSanitized, sanitizedBinaryPath } from '../sanitized-keeper.ts';
import { fuzzStreams } from '../stream-fuzz.ts';
import { startTestNode, type TestNode } from '../test-node.ts';
import { attackSkipReason, endContainer, execOptions, keeperPid, startAttack } from './hostile-image.ts';

const NAMESPACES = 0x2000_0000 + 0x0002_0000 + 0x0800_0000 + 0x0400_0000 + 0x4000_0000 + 0x0200_0000;
const FUZZ_RUNS = Number(process.env.SKEP_FUZZ_RUNS ?? 150);
const SANITIZED_STARTS = Number(process.env.SKEP_SANITIZED_STARTS ?? 500);
const AT_ONCE = 4;

/** Steps that a child may try in namespaces of its own. The keeper's own are left out: those act on the node. */
const KEEPER_STEPS: readonly StepKind[] = ['limit', 'cpuset'];
const CHILD_STEPS = (Object.keys(STEP_KINDS) as StepKind[]).filter(
  (kind) => STEP_KINDS[kind] >= 20 && !KEEPER_STEPS.includes(kind),
);

const LENGTHS = [0, 1, 2, 7, 8, 0xffff, 0x7fff_fff0, 0x8000_0000, 0xffff_fff0, 0xffff_ffff];

/** Every text is a path in the test's own folder, so that no reading of the bytes leads elsewhere. */
function anyStep(text: string): fc.Arbitrary<Uint8Array> {
  const number = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 255n));
  return fc
    .record(
      {
        kind: fc.constantFrom(...CHILD_STEPS),
        name: fc.constant(text),
        path: fc.constant(text),
        other: fc.constant(text),
        text: fc.constant(text),
        // As long as what some steps take a record at a time.
        bytes: fc.oneof(fc.uint8Array({ maxLength: 15 }), fc.uint8Array({ minLength: 24, maxLength: 24 })),
        flags: number,
        mode: number,
        number,
        argv: fc.array(fc.constant(text), { maxLength: 3 }),
        env: fc.array(fc.constant(text), { maxLength: 3 }),
        tolerated: fc.array(fc.nat(200), { maxLength: 3 }),
      },
      { requiredKeys: ['kind', 'name'] },
    )
    .map((step) => encodeSteps([step]));
}

/** A request whose lengths are right, then one number somewhere in it that is not. */
function anyFrame(text: string): fc.Arbitrary<Uint8Array> {
  const kinds: readonly RequestKind[] = [
    'hello',
    'start',
    'exec',
    'signal',
    'kill',
    'remove',
    'netlink',
    'list',
    'subscribe',
    'attach',
    'execStream',
    'pause',
    'unpause',
  ];
  const field = fc.oneof(
    { weight: 4, arbitrary: anyStep(text) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(stringField(FIELDS.id, 'fuzz'), stringField(FIELDS.logPath, text)),
    },
    { weight: 2, arbitrary: fc.constant(numberField(FIELDS.namespaces, NAMESPACES)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.nat(62), fc.uint8Array({ maxLength: 15 }))
        .map(([tag, bytes]) => bytesField(tag, bytes)),
    },
  );
  return fc
    .record({
      kind: fc.constantFrom(...kinds),
      fields: fc.array(field, { maxLength: 8 }),
      spoiled: fc.option(fc.record({ at: fc.nat(400), value: fc.constantFrom(...LENGTHS) }), { nil: null }),
      cut: fc.option(fc.nat(60), { nil: null }),
    })
    .map(({ kind, fields, spoiled, cut }) => {
      const complete = [stringField(FIELDS.id, 'fuzz'), numberField(FIELDS.timeoutMs, 50), ...fields];
      const frame = Buffer.from(encodeRequest(kind, 1, kind === 'start' ? fields : complete));
      if (spoiled !== null && spoiled.at + 4 <= frame.length) frame.writeUInt32LE(spoiled.value, spoiled.at);
      return cut === null ? frame : frame.subarray(0, Math.max(0, frame.length - cut));
    });
}

/** What needs a container that runs. Whole, and without steps: those of a program that enters act on the node until it joined. */
function anyFrameTo(id: string): fc.Arbitrary<Uint8Array> {
  const kinds: readonly RequestKind[] = ['pause', 'unpause', 'attach', 'remove', 'exec', 'execStream'];
  const tag = fc.constantFrom(FIELDS.input, FIELDS.wantOutput, FIELDS.timeoutMs, FIELDS.note, FIELDS.signal);
  const field = fc.tuple(tag, fc.bigInt(0n, 2n ** 64n - 1n)).map(([at, value]) => numberField(at, value));
  return fc
    .record({ kind: fc.constantFrom(...kinds), fields: fc.array(field, { maxLength: 3 }) })
    .map(({ kind, fields }) => encodeRequest(kind, 1, [stringField(FIELDS.id, id), ...fields]));
}

/** `running` is the id of a container that must live on; it may be left paused. */
async function fuzz(node: TestNode, runs: number, running: string): Promise<void> {
  const text = join(node.folder, 'fuzz');
  const frame = fc.oneof(
    { weight: 4, arbitrary: anyFrame(text) },
    { weight: 1, arbitrary: anyFrameTo(running) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 6 }), async (frames) => {
      const raw = await connectRaw(node.socketPath);
      for (const frame of frames) raw.send(frame);
      await raw.receive(2);
      raw.destroy();
      await node.executor.list();
    }),
    { numRuns: runs },
  );
}

/** A pause that was asked for last may still be under way. */
async function goOn(node: TestNode, id: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const refused = await node.executor.unpause(id).then(() => null, String);
    if (refused === null) return;
    assert.match(refused, /being paused/);
    await sleep(10);
  }
  assert.fail('the pause never ended');
}

// CVE-2021-43784: a length that wraps around made bytes of one message be read as another.
describe('malformed frames', { skip: attackSkipReason }, () => {
  let node: TestNode;
  before(async () => {
    node = await startTestNode();
  });
  after(async () => {
    await node.close();
  });

  it('change nothing for the keeper and the containers that it has', async () => {
    const pid = await keeperPid(node);
    const instance = node.executor.keeperInstance;
    await startAttack(node, 'steady', ['sleep', '1000']);
    await fuzz(node, FUZZ_RUNS, 'steady');
    await goOn(node, 'steady');
    assert.equal(await keeperPid(node), pid);
    assert.equal(node.executor.keeperInstance, instance);
    const joined = await node.executor.exec('steady', ['echo', 'here'], execOptions);
    assert.equal(joined.output, 'here\n');
    const states = await node.executor.list();
    assert.equal(states.find((state) => state.id === 'steady')?.exit, null);
    await endContainer(node, 'steady');
  });

  it('with a length that wraps around are answered as malformed, at every depth', async () => {
    const wrapped = (tag: number, length: number, bytes: Uint8Array): Uint8Array => {
      const field = Buffer.from(bytesField(tag, bytes));
      field.writeUInt32LE(length >>> 0, 2);
      return field;
    };
    const step = encodeSteps([{ kind: 'folder', name: 'x', path: join(node.folder, 'never') }]);
    for (const length of [-1, -6, -7, 0x7fff_ffff, 0x8000_0000, 0x1_0000, 65_536 + 8]) {
      for (const fields of [
        [wrapped(FIELDS.id, length, Buffer.from('x\0'))],
        [stringField(FIELDS.id, 'x'), wrapped(FIELDS.step, length, step.subarray(6)), step],
        [
          stringField(FIELDS.id, 'x'),
          bytesField(
            FIELDS.step,
            concatBytes([Buffer.from([27, 0]), wrapped(2, length, Buffer.from('/never\0'))]),
          ),
        ],
        [wrapped(FIELDS.netlink, length, new Uint8Array(8))],
      ]) {
        const kind = fields.length === 1 ? 'netlink' : 'start';
        const raw = await connectRaw(node.socketPath);
        raw.send(
          encodeRequest(kind, 9, [...fields, stringField(FIELDS.logPath, join(node.folder, 'never.json'))]),
        );
        const bytes = await raw.receiveSomething();
        raw.destroy();
        assert.match(bytes.toString('latin1'), /malformed/, `${length}`);
      }
    }
    assert.equal(existsSync(join(node.folder, 'never')), false);
    assert.deepEqual(await node.executor.list(), []);
  });
});

const range = [{ inside: 0, outside: 100_000, count: 65_536 }];
describe('the keeper under the address and undefined behaviour sanitizers', {
  skip: attackSkipReason,
}, () => {
  it(`finds no fault in malformed frames and ${SANITIZED_STARTS} starts`, async (context) => {
    const missing = buildSanitized();
    if (missing !== null) return context.skip(missing);
    const node = await startTestNode(sanitizedBinaryPath);
    try {
      const pid = await keeperPid(node);
      assert.match(readFileSync(`/proc/${pid}/maps`, 'utf8'), /libasan/);
      await startAttack(node, 'streamed', ['sleep', '1000'], { tty: true, openStdin: true });
      await fuzz(node, FUZZ_RUNS, 'streamed');
      await goOn(node, 'streamed');
      await fuzzStreams(node, 'streamed', FUZZ_RUNS / 3);
      await endContainer(node, 'streamed');
      const start = async (number: number): Promise<void> => {
        const id = `watched-${number}`;
        const run = await node.run(id, 'echo $0 é; exit 4', {
          user: number % 2 === 0 ? 'bee' : '',
          tmpfs: [{ target: '/t', readOnly: false, sizeBytes: 4096, mode: 0o777 }],
          ...(number % 4 === 1 ? { idMap: { users: range, groups: range } } : {}),
          ...(number % 4 === 2 ? { pidNamespace: { kind: 'host' } } : {}),
        });
        assert.equal(run.exitCode, 4);
        assert.equal(run.output, 'sh é\n');
        await node.executor.remove(id);
      };
      for (let first = 0; first < SANITIZED_STARTS; first += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => start(first + index)));
        if (first % 100 === 0) {
          const joined = `joined-${first}`;
          await startAttack(node, joined, ['sleep', '1000']);
          assert.equal((await node.executor.exec(joined, ['true'], execOptions)).exitCode, 0);
          await endContainer(node, joined);
        }
      }
      assert.equal(await keeperPid(node), pid, 'it is still the same keeper');
      assert.doesNotMatch(readFileSync(`${node.socketPath}.log`, 'utf8'), /Sanitizer|runtime error/);
    } finally {
      await node.close();
    }
  });
});
