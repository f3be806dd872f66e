import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { containerIdOf, isLocalContainerId } from '../../../agent/container/container-id.ts';
import { freePort, type HeldPort, requireFree, wantedBindings } from '../../../agent/container/host-ports.ts';
import { makeUpName } from '../../../agent/container/names.ts';
import { findReference } from '../../../agent/container/references.ts';
import { requireContainerName } from '../../../lib/validation/local-container.ts';

describe('the name of a container', () => {
  it('is made up so that nobody has it and everybody may', () => {
    const fractions = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
    fc.assert(
      fc.property(fractions, fc.boolean(), (stream, areWordsTaken) => {
        const next = () => Number(stream.next().value);
        const name = makeUpName(next, (candidate) => areWordsTaken && /^[a-z_]+$/.test(candidate));
        requireContainerName(name);
        assert.match(name, areWordsTaken ? /^[a-z]+_[a-z]+\d+$/ : /^[a-z]+_[a-z]+$/);
      }),
    );
  });

  it('is refused when a file or a command line could not hold it', () => {
    for (const name of ['', 'a', '-a', '.x', 'a/b', 'a b', 'x'.repeat(129)])
      assert.throws(() => requireContainerName(name), /INVALID_ARGUMENT|not allowed/, name);
    for (const name of ['web', 'a1', 'My_web-1.x']) requireContainerName(name);
  });
});

describe('a reference', () => {
  const items = [
    { id: 'ab12', name: 'web' },
    { id: 'ab34', name: 'ab12x' },
    { id: 'cd56', name: 'cd' },
    { id: 'cd78', name: 'other' },
  ];

  it('is a name first, then an id, then the only start of an id', () => {
    assert.equal(findReference(items, 'web').id, 'ab12');
    assert.equal(findReference(items, '/web').id, 'ab12');
    assert.equal(findReference(items, 'ab12').id, 'ab12');
    assert.equal(findReference(items, 'cd').id, 'cd56');
    assert.equal(findReference(items, 'ab3').id, 'ab34');
  });

  it('is refused with the number of ids that begin so, and when nobody is meant', () => {
    assert.throws(() => findReference(items, 'ab'), { code: 'INVALID_ARGUMENT', message: /2 containers/ });
    for (const text of ['nobody', '', '/'])
      assert.throws(() => findReference(items, text), { code: 'NOT_FOUND' }, text);
  });
});

describe('the id of a container of one node', () => {
  it('is told apart from that of a task', () => {
    assert.equal(containerIdOf(new Uint8Array([0, 255, 16])), '00ff10');
    assert.equal(isLocalContainerId(containerIdOf(new Uint8Array(32))), true);
    assert.equal(isLocalContainerId('0123456789abcdefghijklmno'), false);
  });
});

describe('a port of the node', () => {
  const held: HeldPort = { protocol: 'tcp', hostAddress: '', hostPort: 80, holder: 'service web' };

  it('is refused with who has it, on every address or on the same one', () => {
    const want = (hostAddress: string, one: HeldPort) =>
      requireFree({ protocol: 'tcp', hostAddress, hostPort: 80 }, [one]);
    assert.throws(() => want('', held), { code: 'ALREADY_EXISTS', message: /taken by service web/ });
    assert.throws(() => want('10.0.0.1', held), /10\.0\.0\.1:80\/tcp/);
    assert.throws(() => want('', { ...held, hostAddress: '10.0.0.1' }));
    want('10.0.0.2', { ...held, hostAddress: '10.0.0.1' });
    want('', { ...held, protocol: 'udp' });
    want('', { ...held, hostPort: 81 });
  });

  it('is chosen free as long as there is one', () => {
    const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const ports = fc.array(fc.integer({ min: 49_153, max: 65_535 }), { maxLength: 50 });
    fc.assert(
      fc.property(fraction, ports, (start, taken) => {
        const list = taken.map((hostPort) => ({ ...held, hostPort }));
        const found = freePort({ protocol: 'tcp', hostAddress: '' }, list, start);
        assert.ok(found !== null && found >= 49_153 && found <= 65_535 && !taken.includes(found));
      }),
    );
    const all = Array.from({ length: 65_535 - 49_153 + 1 }, (_, place) => ({
      ...held,
      hostPort: 49_153 + place,
    }));
    assert.equal(freePort({ protocol: 'tcp', hostAddress: '' }, all, 0.5), null);
    assert.equal(freePort({ protocol: 'udp', hostAddress: '' }, all, 0), 49_153);
  });

  it('is wanted for each that the image exposes, beside those asked for', () => {
    const asked = [{ protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 8080, containerPort: 80 }] as const;
    assert.deepEqual(wantedBindings(asked, true, ['80/tcp', '53/udp', '99']), [
      { ...asked[0], hostAddress: '' },
      { protocol: 'udp', hostAddress: '', hostPort: 0, containerPort: 53 },
      { protocol: 'tcp', hostAddress: '', hostPort: 0, containerPort: 99 },
    ]);
    assert.equal(wantedBindings(asked, false, ['53/udp']).length, 1);
  });
});
