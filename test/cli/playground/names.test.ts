import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';

import { joinFiles, parseHierarchies } from '../../../cli/playground/cgroup.ts';
import {
  hostAddress,
  hostNames,
  hostNumber,
  linkNames,
  MAX_HOSTS,
  requirePlaygroundName,
} from '../../../cli/playground/names.ts';
import { isInit } from '../../../cli/playground/processes.ts';
import { hostsFile } from '../../../cli/playground/wires.ts';

describe('names in a playground', () => {
  it('count hosts from one, with the client last', () => {
    assert.deepEqual(hostNames(3), ['h1', 'h2', 'h3', 'client']);
    assert.deepEqual(['h1', 'h64', 'h65', 'h0', 'h01', 'client'].map(hostNumber), [
      1,
      64,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('give every host an address of its own', () => {
    const addresses = hostNames(MAX_HOSTS).map((host) => hostAddress(88, host));
    assert.equal(new Set(addresses).size, addresses.length);
    assert.equal(addresses[0], '172.30.88.11');
    assert.equal(addresses.at(-1), '172.30.88.200');
  });

  it('fit the 15 characters that the kernel gives an interface, whatever the playground is called', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/), (name) => {
        requirePlaygroundName(name);
        const { switchName, uplink, uplinkPort, portOf } = linkNames(name);
        const links = [switchName, uplink, uplinkPort, ...hostNames(MAX_HOSTS).map(portOf)];
        assert.equal(new Set(links).size, links.length);
        for (const link of links) assert.ok(link.length <= 15, link);
      }),
    );
  });

  it('refuse what could leave the playground’s folder', () => {
    for (const name of ['', '..', 'a/b', 'A', '-a', 'a-', 'a'.repeat(31)]) {
      assert.throws(() => requirePlaygroundName(name));
    }
  });

  it('are known inside by /etc/hosts', () => {
    assert.match(hostsFile(88, hostNames(1)), /^172\.30\.88\.11 h1$/m);
  });
});

describe('cgroup hierarchies', () => {
  const hybrid = [
    '32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu',
    '34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset',
    '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
    '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
  ].join('\n');

  it('are all found where v1 and v2 are mounted side by side', () => {
    const found = parseHierarchies(hybrid);
    assert.deepEqual(
      found.map(({ version, pure, hasCpuset }) => [version, pure, hasCpuset]),
      [
        [1, false, false],
        [1, false, true],
        [2, false, false],
      ],
    );
    assert.equal(joinFiles(found, 'a/b')[0], '/sys/fs/cgroup/cpu/a/b/cgroup.procs');
  });

  it('put processes in a leaf where there is v2 alone', () => {
    const found = parseHierarchies('30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate');
    assert.deepEqual(joinFiles(found, 'a/b'), ['/sys/fs/cgroup/a/b/init/cgroup.procs']);
  });
});

describe('the init of a host', () => {
  const status = (state: string, numbers: string) => `Name:\tsh\nState:\t${state}\nNSpid:\t${numbers}\n`;
  const rows: readonly (readonly [text: string, expected: boolean])[] = [
    [status('S (sleeping)', '4711\t1'), true],
    [status('Z (zombie)', '4711\t1'), false],
    [status('S (sleeping)', '4711\t7'), false],
    [status('S (sleeping)', '4711'), false],
    // The first process of a container of the host.
    [status('S (sleeping)', '4711\t9\t1'), false],
    ['', false],
  ];
  for (const [text, expected] of rows) {
    it(`is ${expected ? '' : 'not '}${JSON.stringify(text)}`, () => assert.equal(isInit(text), expected));
  }
});
