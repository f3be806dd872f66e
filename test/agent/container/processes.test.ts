import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseNames, processColumns, processTable } from '../../../agent/container/processes.ts';

const BOOTED_AT_MS = Date.UTC(2026, 0, 2);
const AROUND = {
  nowMs: BOOTED_AT_MS + 3_600_000,
  bootedAtMs: BOOTED_AT_MS,
  memoryBytes: 1_000 * 4_096,
  dateOf: () => 'Jan02',
  userNames: new Map([[33, 'www-data']]),
  groupNames: new Map([[33, 'web']]),
};
/** Of a process that was started half an hour after the boot, and has run for 90 s of the 30 min since. */
function facts(pid: number, name: string, commandLine: string) {
  const stat = `${pid} (${name}) S 1 ${pid} ${pid} 34816 ${pid} 4194560 2000 0 0 0 6000 3000 0 0 20 0 4 0 180000 8192000 100 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0`;
  return { pid, uid: 33, gid: 33, stat, commandLine };
}
const show = (psArguments: readonly string[], ...all: ReturnType<typeof facts>[]) => {
  const { titles, processes } = processTable(processColumns(psArguments), all, AROUND);
  return [titles, ...processes.map(({ fields }) => fields)];
};

describe('the table of a container’s processes', () => {
  it('is the full one of ps when nothing is asked for, in the order of the numbers', () => {
    const full = ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'];
    const rows = [
      ['www-data', '7', '1', '5', '00:30', 'pts/0', '00:01:30', 'a'],
      ['www-data', '10', '1', '5', '00:30', 'pts/0', '00:01:30', 'web -p 80'],
    ];
    const all = [facts(10, 'web', 'web\0-p\x0080\0'), facts(7, 'a', 'a\0')];
    for (const words of [[], ['-ef'], ['-e -f'], ['-A', '-f']])
      assert.deepEqual(show(words, ...all), [full, ...rows]);
  });

  it('is the one for users with aux', () => {
    assert.deepEqual(show(['aux'], facts(10, 'web', 'web\0')), [
      ['USER', 'PID', '%CPU', '%MEM', 'VSZ', 'RSS', 'TTY', 'STAT', 'START', 'TIME', 'COMMAND'],
      ['www-data', '10', '5.0', '10.0', '8000', '400', 'pts/0', 'Ssl+', '00:30', '1:30', 'web'],
    ]);
  });

  it('has the columns that -o names, the last one with a title of its own', () => {
    for (const words of [
      ['-o', 'pid,etime,nlwp,group=WHOSE'],
      ['-eopid,etime', '-o', 'nlwp,group=WHOSE'],
    ]) {
      assert.deepEqual(show(words, facts(10, 'web', '')), [
        ['PID', 'ELAPSED', 'NLWP', 'WHOSE'],
        ['10', '30:00', '4', 'web'],
      ]);
    }
  });

  it('shows the hour of a start of the last day, and the date of an older one', () => {
    const start = (nowMs: number) => {
      const columns = processColumns(['-o', 'stime']);
      return processTable(columns, [facts(1, 'a', '')], { ...AROUND, nowMs }).processes[0]?.fields[0];
    };
    assert.equal(start(BOOTED_AT_MS + 86_400_000 + 1_799_999), '00:30');
    assert.equal(start(BOOTED_AT_MS + 86_400_000 + 1_800_000), 'Jan02');
  });

  it('takes names with blanks and parentheses apart, and shows them where there are no arguments', () => {
    assert.deepEqual(show(['-o', 'comm,args,ppid'], facts(10, 'a) S 9 (b', ''))[1], [
      'a) S 9 (b',
      '[a) S 9 (b]',
      '1',
    ]);
  });

  it('leaves out what ended while it was looked at', () => {
    assert.equal(show([], { pid: 1, uid: 0, gid: 0, stat: 'nonsense', commandLine: '' }).length, 1);
  });

  it('refuses what it does not know, and says what it knows', () => {
    for (const words of [
      ['--forest'],
      ['-o', 'wchan'],
      ['-o'],
      ['-u', 'root'],
      ['-o', 'constructor'],
      ['-p1'],
    ]) {
      assert.throws(() => processColumns(words), { code: 'INVALID_ARGUMENT', help: /pid, ppid/ });
    }
  });

  it('takes users’ names from the node, the first of each number', () => {
    const names = parseNames('root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n+::\nbee:x:1000:');
    assert.deepEqual(
      [...names],
      [
        [0, 'root'],
        [1000, 'bee'],
      ],
    );
  });
});
