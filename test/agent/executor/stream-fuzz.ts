import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULT_CAPABILITIES } from '../../../agent/executor/capabilities.ts';
import { type ContainerNote, planStreamedExec } from '../../../agent/executor/container-plan.ts';
import {
  encodeRequest,
  encodeSteps,
  FIELDS,
  numberField,
  stringField,
} from '../../../agent/executor/protocol.ts';
import { encodeEndOfInput, encodeInput, encodeResize } from '../../../agent/executor/stream-frames.ts';
import { connectRaw } from './raw-keeper.ts';
import { plainExec } from './stream-reader.ts';
import type { TestNode } from './test-node.ts';

const NOTE: ContainerNote = {
  capabilities: DEFAULT_CAPABILITIES,
  joinPaths: [],
  syscallFilter: 'none',
  noNewPrivileges: false,
  groups: [],
  ulimits: [],
  oomScoreAdj: 0,
  ipcShareable: false,
  hostname: '',
  files: [],
  usersOf: '',
};
const LENGTHS = [0, 1, 5, 6, 7, 0xffff, 65_542, 65_543, 0x7fff_fff0, 0xffff_ffff];

function attachFrame(id: string, input: boolean, output: boolean): Uint8Array {
  const fields = [
    stringField(FIELDS.id, id),
    numberField(FIELDS.input, input ? 1 : 0),
    numberField(FIELDS.wantOutput, output ? 1 : 0),
  ];
  return encodeRequest('attach', 1, fields);
}

/** A request to run a program with input on a stream, outside the container's control groups. */
export function execFrame(id: string, tty: boolean, argv: readonly string[]): Uint8Array {
  const steps = planStreamedExec(NOTE, argv, { ...plainExec, tty, stdin: true }, null).map((step) =>
    encodeSteps([step]),
  );
  return encodeRequest('execStream', 1, [stringField(FIELDS.id, id), numberField(FIELDS.input, 1), ...steps]);
}

function rawFrame(kind: number, body: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(10 + body.length);
  frame.writeUInt32LE(6 + body.length, 0);
  frame.writeUInt16LE(kind, 4);
  frame.set(body, 10);
  return frame;
}

/** What opens a stream on the container, or means to. */
function anyOpening(id: string): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.tuple(fc.boolean(), fc.boolean()).map(([input, output]) => attachFrame(id, input, output)),
    fc.boolean().map((tty) => execFrame(id, tty, ['cat'])),
    fc.boolean().map((tty) => execFrame(id, tty, ['sh', '-c', 'exec <&-; echo x; sleep 0.05'])),
    fc.boolean().map((tty) => execFrame(id, tty, ['no-such-program'])),
    fc.constantFrom(
      attachFrame('nobody', true, true),
      encodeRequest('attach', 1, []),
      encodeRequest('execStream', 1, []),
    ),
  );
}

function anyStreamFrame(id: string): fc.Arbitrary<Uint8Array> {
  return fc
    .record({
      frame: fc.oneof(
        { weight: 4, arbitrary: fc.uint8Array({ maxLength: 40 }).map((data) => rawFrame(107, data)) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(1, 4096, 65_536).map((length) => rawFrame(107, new Uint8Array(length))),
        },
        { weight: 1, arbitrary: fc.constant(encodeEndOfInput()) },
        { weight: 1, arbitrary: fc.constant(encodeResize({ columns: 90, rows: 70_000 })) },
        {
          weight: 2,
          arbitrary: fc
            .tuple(fc.integer({ min: 99, max: 112 }), fc.uint8Array({ maxLength: 30 }))
            .map(([kind, body]) => rawFrame(kind, body)),
        },
        { weight: 1, arbitrary: fc.constant(attachFrame(id, true, true)) },
        { weight: 1, arbitrary: fc.constant(Buffer.concat(encodeInput(new Uint8Array(200_000)))) },
      ),
      spoiled: fc.option(fc.constantFrom(...LENGTHS), { nil: null, freq: 6 }),
      cut: fc.option(fc.nat(12), { nil: null, freq: 6 }),
    })
    .map(({ frame, spoiled, cut }) => {
      const bytes = Buffer.from(frame);
      if (spoiled !== null) bytes.writeUInt32LE(spoiled, 0);
      return cut === null ? bytes : bytes.subarray(0, Math.max(0, bytes.length - cut));
    });
}

/** Streams on the running container `id` whose clients send anything and go at any moment. The keeper must live on. */
export async function fuzzStreams(node: TestNode, id: string, runs: number): Promise<void> {
  const round = fc.record({
    opening: anyOpening(id),
    frames: fc.array(anyStreamFrame(id), { maxLength: 8 }),
    pauseMs: fc.constantFrom(0, 0, 1, 5, 20),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), async (rounds) => {
      await Promise.all(
        rounds.map(async ({ opening, frames, pauseMs }) => {
          const raw = await connectRaw(node.socketPath);
          raw.send(opening);
          if (pauseMs > 1) await raw.receive(pauseMs);
          for (const frame of frames) raw.send(frame);
          if (pauseMs > 0) await raw.receive(pauseMs);
          raw.destroy();
        }),
      );
      const states = await node.executor.list();
      assert.equal(states.find((state) => state.id === id)?.exit, null);
    }),
    { numRuns: runs },
  );
}
