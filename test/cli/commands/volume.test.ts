import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type {
  CreateVolumeRequest,
  PruneVolumesRequest,
  VolumeMessage,
} from '../../../proto/volume-messages.ts';
import { withDaemon } from '../daemon-double.ts';

function volume(name: string, changes: Partial<VolumeMessage> = {}): VolumeMessage {
  const mountpoint = `/var/lib/skep/volumes/${name}/data`;
  const base = { labels: {}, createdAtMs: 1, scope: 'local', anonymous: false, users: [] };
  return { name, driver: 'local', mountpoint, ...base, ...changes };
}

const VOLUMES = [volume('web', { users: ['web.1.x'] }), volume('db', { labels: { tier: 'gold' } })];

/** A daemon with two volumes; collects what it is asked to make and to prune. */
function volumeDouble() {
  const created: CreateVolumeRequest[] = [];
  const pruned: PruneVolumesRequest[] = [];
  const local = {
    createVolume: async (request: CreateVolumeRequest) => {
      created.push(request);
      return volume(request.name || 'f00d');
    },
    listVolumes: async () => ({ volumes: VOLUMES }),
    inspectVolume: async ({ reference }: { reference: string }) => volume(reference),
    removeVolume: async () => ({}),
    pruneVolumes: async (request: PruneVolumesRequest) => {
      pruned.push(request);
      return { deleted: ['a', 'b'], reclaimedBytes: 1_500_000 };
    },
  };
  return { answers: { local }, created, pruned };
}

async function outputOf(line: string, input?: string): Promise<string> {
  let output = '';
  await withDaemon(volumeDouble().answers, async ({ run }) => {
    const { exitCode, stdout, stderr } = await run(line.split(' '), input === undefined ? {} : { input });
    assert.equal(exitCode, 0, stderr);
    output = stdout;
  });
  return output;
}

describe('skep volume', () => {
  it('lists volumes in Docker’s columns, by name', async () => {
    assert.equal(await outputOf('volume ls'), 'DRIVER    VOLUME NAME\nlocal     db\nlocal     web\n');
    assert.equal(await outputOf('volume ls -q'), 'db\nweb\n');
    assert.equal(await outputOf('volume ls --format {{.Driver}}/{{.Name}}'), 'local/db\nlocal/web\n');
  });

  it('filters by use, label and name', async () => {
    assert.equal(await outputOf('volume ls -q --filter dangling=true'), 'db\n');
    assert.equal(await outputOf('volume ls -q --filter dangling=false'), 'web\n');
    assert.equal(await outputOf('volume ls -q --filter label=tier=gold'), 'db\n');
    assert.equal(await outputOf('volume ls -q --filter name=we'), 'web\n');
  });

  it('creates a volume with labels, and says what it is called', async () => {
    const { answers, created } = volumeDouble();
    await withDaemon(answers, async ({ run }) => {
      assert.equal((await run(['volume', 'create', '--label', 'a=b', 'db'])).stdout, 'db\n');
      assert.equal((await run(['volume', 'create'])).stdout, 'f00d\n');
      const refused = await run(['volume', 'create', '--opt', 'type=nfs', 'db']);
      assert.equal(refused.exitCode, 2);
      assert.match(refused.stderr, /--opt type=nfs is not supported/);
    });
    assert.deepEqual(created, [
      { name: 'db', driver: 'local', labels: { a: 'b' } },
      { name: '', driver: 'local', labels: {} },
    ]);
  });

  it('shows and removes volumes by name', async () => {
    assert.equal(
      await outputOf('volume inspect --format {{.Mountpoint}} db'),
      '/var/lib/skep/volumes/db/data\n',
    );
    assert.equal(await outputOf('volume rm db web'), 'db\nweb\n');
  });

  it('prunes after a yes, or with --force', async () => {
    const rows = [
      ['volume prune', 'y\n', [{ all: false, labels: [] }]],
      ['volume prune', 'n\n', []],
      ['volume prune', '', []],
      ['volume prune --all --force --filter label=old', '', [{ all: true, labels: ['old'] }]],
    ] as const;
    for (const [line, input, expected] of rows) {
      const { answers, pruned } = volumeDouble();
      await withDaemon(answers, async ({ run }) => {
        const { stdout } = await run(line.split(' '), { input });
        assert.equal(/Are you sure/.test(stdout), !line.includes('--force'), line);
        const report = 'Deleted Volumes:\na\nb\n\nTotal reclaimed space: 1.5MB\n';
        assert.equal(stdout.endsWith(report), expected.length > 0, stdout);
      });
      assert.deepEqual(pruned, expected, `${line} ${input}`);
    }
  });
});
