import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readChanges } from '../../../agent/container/changes.ts';
import { containerPath } from '../../../agent/container/look-plan.ts';

const PLACES = ['etc/hosts', 'dev', 'proc', 'made/for/volume'];
function changes(...told: readonly string[]) {
  const bytes = Buffer.from(told.map((entry) => `${entry}\0`).join(''));
  return readChanges(bytes, PLACES).map(({ kind, path }) => `${kind} ${path}`);
}

describe('the changes of a container', () => {
  it('leave out what its start made to mount on', () => {
    assert.deepEqual(
      changes('T/etc', 'E/etc/hosts', 'F/dev', 'F/proc', 'F/made', 'F/made/for', 'F/made/for/volume'),
      [],
    );
  });

  it('count a place to mount on that has content, with all above it', () => {
    assert.deepEqual(changes('A/etc/hosts', 'T/etc'), ['changed /etc', 'added /etc/hosts']);
    assert.deepEqual(changes('F/made', 'F/made/for', 'A/made/for/x'), [
      'added /made',
      'added /made/for',
      'added /made/for/x',
    ]);
    assert.deepEqual(changes('F/dev', 'A/dev/x'), ['added /dev', 'added /dev/x']);
  });

  it('count the folders above what changed, as changed unless they were added', () => {
    assert.deepEqual(changes('C/usr/lib/x', 'D/bin/vi'), [
      'changed /bin',
      'deleted /bin/vi',
      'changed /usr',
      'changed /usr/lib',
      'changed /usr/lib/x',
    ]);
  });

  it('count a folder that only has another time, but for those with places to mount on', () => {
    assert.deepEqual(changes('T/var', 'T/etc', 'M/dev'), ['changed /dev', 'changed /var']);
  });
});

describe('a path in a container', () => {
  it('is made plain by its words, and says whether a link at its end is followed', () => {
    const plain = (text: string) => Object.values(containerPath(text));
    assert.deepEqual(plain('/a//b/./c'), ['/a/b/c', 'c', false]);
    assert.deepEqual(plain('a/../../b/'), ['/b', 'b', true]);
    assert.deepEqual(plain('/a/.'), ['/a', 'a', true]);
    assert.deepEqual(plain('/a/...'), ['/a/...', '...', false]);
    assert.deepEqual(plain('/..'), ['/', '.', true]);
  });

  it('is refused when it is empty, too long or has a zero byte', () => {
    for (const text of ['', 'a\0b', 'ü'.repeat(2_048)]) {
      assert.throws(() => containerPath(text), { code: 'INVALID_ARGUMENT' });
    }
  });
});
