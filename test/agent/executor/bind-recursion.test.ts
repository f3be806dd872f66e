import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ContainerBind } from '../../../agent/executor/executor.ts';
import { keeperBinaryPath, skipReason, startTestNode, type TestNode } from './test-node.ts';

/** A keeper in a mount namespace of its own, in which a file system is mounted below the bind's source. */
function keeperWithMount(folder: string, below: string): string {
  const program = join(folder, 'keeper');
  const inner = `mount -t tmpfs inner ${below} && echo deep > ${below}/file && exec ${keeperBinaryPath} "$@"`;
  writeFileSync(program, `#!/bin/sh\nexec unshare -m --propagation private sh -c '${inner}' keeper "$@"\n`);
  chmodSync(program, 0o755);
  return program;
}

describe('mounts below the source of a bind', { skip: skipReason }, () => {
  let folder: string;
  let source: string;
  let node: TestNode;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'skep-recursion-'));
    source = join(folder, 'source');
    mkdirSync(join(source, 'below'), { recursive: true });
    node = await startTestNode(keeperWithMount(folder, join(source, 'below')));
  });
  after(async () => {
    await node.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const script =
    'cat /data/below/file 2>/dev/null || echo none; ' +
    '(: > /data/top) 2>/dev/null && echo top || echo top-refused; ' +
    '(: > /data/below/new) 2>/dev/null && echo below || echo below-refused';

  async function look(id: string, bind: Pick<ContainerBind, 'readOnly' | 'recursive'>): Promise<string[]> {
    const binds: ContainerBind[] = [{ source, target: '/data', propagation: 'rprivate', ...bind }];
    return (await node.run(id, script, { binds })).output.trim().split('\n');
  }

  it('come along, and are read-only with the bind', async () => {
    assert.deepEqual(await look('plain', { readOnly: false }), ['deep', 'top', 'below']);
    assert.deepEqual(await look('sealed', { readOnly: true }), ['deep', 'top-refused', 'below-refused']);
    const enabled = await look('enabled', { readOnly: true, recursive: 'enabled' });
    assert.deepEqual(enabled, ['deep', 'top-refused', 'below-refused']);
  });

  it('stay behind when recursion is disabled', async () => {
    const own = await look('disabled', { readOnly: false, recursive: 'disabled' });
    assert.deepEqual(own, ['none', 'top', 'below']);
    assert.deepEqual(readdirSync(join(source, 'below')), ['new']);
    const sealed = await look('flat', { readOnly: true, recursive: 'disabled' });
    assert.deepEqual(sealed, ['none', 'top-refused', 'below-refused']);
  });

  it('stay writable, or must be read-only, as asked', async () => {
    const writable = await look('writable', { readOnly: true, recursive: 'writable' });
    assert.deepEqual(writable, ['deep', 'top-refused', 'below']);
    const strict = await look('strict', { readOnly: true, recursive: 'readonly' });
    assert.deepEqual(strict, ['deep', 'top-refused', 'below-refused']);
  });
});
