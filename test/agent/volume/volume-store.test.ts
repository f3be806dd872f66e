import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SkepError } from '../../../lib/errors.ts';
import { reasonToSkip } from '../image/workspace.ts';
import { NOW_MS, user, volumePlace, wanted } from './volume-place.ts';

const skip = reasonToSkip();

function refusal(code: string, message: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof SkepError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

const plain = (name: string) => ({ name, driver: 'local', labels: {} });

describe('the volumes of a node', { skip }, () => {
  it('are there after a restart, with labels and content', async (test) => {
    const place = volumePlace(test);
    await (await place.open()).create({ name: 'db', driver: '', labels: { tier: 'gold' } });
    place.write(place.data('db', 'row'), 'one');
    const volume = (await place.open()).inspect('db');
    assert.deepEqual(volume, {
      name: 'db',
      labels: { tier: 'gold' },
      createdAtMs: NOW_MS,
      taskId: '',
      mountpoint: place.data('db'),
      users: [],
    });
    assert.equal(readFileSync(join(volume.mountpoint, 'row'), 'utf8'), 'one');
  });

  it('are created once: the name of one that is there gives that one', async (test) => {
    const store = await volumePlace(test).open();
    await store.create({ ...plain('db'), labels: { first: 'yes' } });
    const again = await Promise.all([store.create(plain('db')), store.create(plain('db'))]);
    assert.deepEqual(
      again.map(({ labels }) => labels),
      [{ first: 'yes' }, { first: 'yes' }],
    );
    assert.equal(store.list().length, 1);
  });

  it('have no name that leaves their folder, and no other driver', async (test) => {
    const place = volumePlace(test);
    const store = await place.open();
    const bad = [
      '',
      '.',
      '..',
      'a',
      '.temporary',
      '../x',
      'a/b',
      '/etc',
      'a\0b',
      'a b',
      '-rf',
      'ä1',
      'x'.repeat(256),
    ];
    for (const name of bad) {
      await assert.rejects(store.create(plain(name)), refusal('INVALID_ARGUMENT', /volume name/), name);
      await assert.rejects(
        store.hold(user('t1'), [wanted(name)], []),
        refusal('INVALID_ARGUMENT', /volume name/),
      );
      await assert.rejects(store.remove(name, { force: false }), refusal('NOT_FOUND', /no such volume/));
      await store.remove(name, { force: true });
    }
    await assert.rejects(
      store.create({ ...plain('db'), driver: 'nfs' }),
      refusal('INVALID_ARGUMENT', /no volume driver "nfs"/),
    );
    assert.deepEqual(readdirSync(place.volumes), ['.temporary']);
  });

  it('accept exactly Docker’s names', async (test) => {
    const place = volumePlace(test);
    const store = await place.open();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 6, unit: fc.constantFrom('a', 'Z', '0', '.', '_', '-', '/', ' ', '\n') }),
        async (name) => {
          const expected = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) && !name.endsWith('\n');
          const made = await store.create(plain(name)).then(
            () => true,
            () => false,
          );
          assert.equal(made, expected);
          if (made) assert.ok(existsSync(place.data(name)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keep their content when a task uses them again', async (test) => {
    const place = volumePlace(test);
    const layer = await place.layer('l', [{ name: 'data/row', data: 'of the image' }]);
    const store = await place.open();
    await store.hold(user('t1'), [wanted('db')], [layer]);
    place.write(place.data('db', 'row'), 'of the task');
    await store.release('t1');
    await store.hold(user('t2'), [wanted('db')], [layer]);
    assert.equal(readFileSync(place.data('db', 'row'), 'utf8'), 'of the task');
  });

  it('stay empty on request, and while another task has them mounted', async (test) => {
    const place = volumePlace(test);
    const layer = await place.layer('l', [{ name: 'data/row', data: 'x' }]);
    const store = await place.open();
    await store.hold(user('t1'), [wanted('db', { copiesImage: false })], [layer]);
    await store.hold(user('t2'), [wanted('db')], [layer]);
    assert.deepEqual(readdirSync(place.data('db')), []);
    await store.release('t1');
    await store.hold(user('t2'), [wanted('db')], [layer]);
    assert.deepEqual(readdirSync(place.data('db')), ['row']);
  });

  it('are filled once when two tasks begin at the same time', async (test) => {
    const place = volumePlace(test);
    const layers = await Promise.all(
      ['one', 'two'].map((name) => place.layer(name, [{ name: `data/${name}`, data: name }])),
    );
    const store = await place.open();
    await Promise.all(layers.map((layer, index) => store.hold(user(`t${index}`), [wanted('db')], [layer])));
    assert.deepEqual(readdirSync(place.data('db')), ['one']);
    assert.deepEqual(store.inspect('db').users, ['web.1.t0', 'web.1.t1']);
  });

  it('are not removed while a task uses them, which is named', async (test) => {
    const place = volumePlace(test);
    const store = await place.open();
    store.adopt(user('t1'), [wanted('db')]);
    await store.create(plain('db'));
    place.write(place.data('db', 'row'), 'x');
    await assert.rejects(
      store.remove('db', { force: true }),
      refusal('FAILED_PRECONDITION', /^remove db: volume is in use - \[web\.1\.t1\]$/),
    );
    assert.deepEqual(await store.prune({ all: true, matches: () => true }), {
      deleted: [],
      reclaimedBytes: 0,
    });
    assert.ok(existsSync(place.data('db', 'row')));
    await store.release('t1');
    await store.remove('db', { force: false });
    assert.deepEqual(readdirSync(place.volumes), ['.temporary']);
    assert.deepEqual(readdirSync(join(place.volumes, '.temporary')), []);
  });

  it('without a name go with their task', async (test) => {
    const place = volumePlace(test);
    const store = await place.open();
    const own = wanted('t1-0', { anonymous: true });
    await store.hold(user('t1'), [own, wanted('db')], [await place.layer('l', [{ name: 'x', data: 'x' }])]);
    await assert.rejects(store.hold(user('t2'), [wanted('t1-0')], []), /belongs to another task/);
    await store.release('t1');
    assert.deepEqual(
      store.list().map(({ name }) => name),
      ['db'],
    );
    assert.equal(existsSync(join(place.volumes, 't1-0')), false);
  });

  it('without a name are dropped after a restart when nobody knows their task', async (test) => {
    const place = volumePlace(test);
    const layers = [await place.layer('l', [{ name: 'x', data: 'x' }])];
    const before = await place.open();
    for (const task of ['t1', 't2', 't3']) {
      await before.hold(user(task), [wanted(`${task}-0`, { anonymous: true })], layers);
    }
    await before.create(plain('db'));
    const store = await place.open();
    store.adopt(user('t2'), [wanted('t2-0')]);
    await store.dropStrangers((taskId) => taskId === 't3');
    assert.deepEqual(
      store
        .list()
        .map(({ name }) => name)
        .sort(),
      ['db', 't2-0', 't3-0'],
    );
  });

  it('are pruned: the anonymous ones, or with “all” every unused one that matches', async (test) => {
    const place = volumePlace(test);
    const store = await place.open();
    await store.hold(user('t1'), [wanted('t1-0', { anonymous: true, copiesImage: false })], []);
    const reopened = await place.open();
    await reopened.create({ ...plain('db'), labels: { old: '' } });
    await reopened.create(plain('web'));
    place.write(place.data('db', 'row'), 'x'.repeat(100_000));
    const anonymous = await reopened.prune({ all: false, matches: () => true });
    assert.deepEqual(anonymous.deleted, ['t1-0']);
    const old = await reopened.prune({ all: true, matches: ({ labels }) => 'old' in labels });
    assert.deepEqual(old.deleted, ['db']);
    assert.ok(old.reclaimedBytes >= 100_000, String(old.reclaimedBytes));
    assert.deepEqual(
      reopened.list().map(({ name }) => name),
      ['web'],
    );
  });

  it('are removed however deep a task made them', async (test) => {
    const place = volumePlace(test);
    const store = await place.open();
    await store.create(plain('db'));
    const home = process.cwd();
    try {
      process.chdir(place.data('db'));
      for (let depth = 0; depth < 60; depth++) {
        mkdirSync('d'.repeat(200));
        process.chdir('d'.repeat(200));
      }
    } finally {
      process.chdir(home);
    }
    await store.remove('db', { force: false });
    assert.deepEqual(readdirSync(join(place.volumes, '.temporary')), []);
  });

  it('are left alone when their record is damaged', async (test) => {
    const place = volumePlace(test);
    const store = await place.open();
    for (const name of ['db', 'web']) await store.create(plain(name));
    place.write(place.data('db', 'row'), 'x');
    writeFileSync(join(place.volumes, 'db', 'volume.json'), '{"name":"other"}');
    const reopened = await place.open();
    assert.deepEqual(
      reopened.list().map(({ name }) => name),
      ['web'],
    );
    await assert.rejects(reopened.create(plain('db')), /cannot create volume db/);
    assert.ok(existsSync(place.data('db', 'row')));
  });
});
