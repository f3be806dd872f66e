import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { readHierarchies } from '../../cli/playground/cgroup.ts';
import { requireCommand } from '../../cli/playground/command.ts';
import { CGROUP_ROOT, DATA_ROOT, linkNames, RUN_ROOT } from '../../cli/playground/names.ts';

/** What a playground can be recognised by. */
export interface PlaygroundMarks {
  readonly name: string;
  /** Third number of its 172.30.x.0/24. */
  readonly subnet: number;
}

/** Lines of a text that hold one of the marks. */
function linesWith(text: string, marks: readonly string[]): readonly string[] {
  return text
    .split('\n')
    .filter((line) => marks.some((mark) => line.includes(mark)))
    .map((line) => line.trim());
}

async function groups({ name }: PlaygroundMarks): Promise<readonly string[]> {
  const paths = (await readHierarchies()).map(({ mountPoint }) => join(mountPoint, CGROUP_ROOT, name));
  const found = paths.map(
    async (path): Promise<readonly string[]> =>
      stat(path).then(
        () => [`control group ${path}`],
        () => [],
      ),
  );
  return (await Promise.all(found)).flat();
}

async function folders({ name }: PlaygroundMarks): Promise<readonly string[]> {
  const found = [RUN_ROOT, DATA_ROOT].map(async (root) =>
    (await readdir(root).catch((): string[] => [])).includes(name) ? [`folder ${join(root, name)}`] : [],
  );
  return (await Promise.all(found)).flat();
}

/** Of every process: by its groups, its command line, and what it sees mounted, in whatever namespace. */
async function processes({ name }: PlaygroundMarks): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const found = pids.map(async (pid): Promise<readonly string[]> => {
    const files = ['cgroup', 'cmdline', 'mountinfo', 'status'].map((file) => read(pid, file));
    const [cgroup = '', cmdline = '', mounts = '', status = ''] = await Promise.all(files);
    // A dead process holds nothing; the machine's init has only not asked for its exit status yet.
    if (/^State:\s+[ZX]/m.test(status)) return [];
    const words = cmdline.replaceAll('\0', ' ').trim();
    if (cgroup.includes(`/${CGROUP_ROOT}/${name}`)) return [`process ${pid} in its groups: ${words}`];
    const isNamed = [RUN_ROOT, DATA_ROOT].some((root) => words.includes(`${root}/${name}/`));
    if (isNamed) return [`process ${pid} that names its folders: ${words}`];
    return linesWith(mounts, [`/${name}/`]).map((line) => `mount seen by process ${pid}: ${line}`);
  });
  return (await Promise.all(found)).flat();
}

async function network({ name, subnet }: PlaygroundMarks): Promise<readonly string[]> {
  const { switchName } = linkNames(name);
  const marks = [switchName, `172.30.${subnet}.`];
  const looks: readonly (readonly [string, readonly string[]])[] = [
    ['network namespace', ['ip', 'netns', 'list']],
    ['link', ['ip', '-o', 'link', 'show']],
    ['address', ['ip', '-o', 'addr', 'show']],
    ['route', ['ip', 'route', 'show', 'table', 'all']],
    ['routing rule', ['ip', 'rule', 'show']],
    ['neighbour', ['ip', 'neigh', 'show', 'nud', 'all']],
    ['nftables rule', ['nft', 'list', 'ruleset']],
  ];
  const found = looks.map(async ([what, argv]) =>
    linesWith(await requireCommand(argv), marks).map((line) => `${what}: ${line}`),
  );
  return (await Promise.all(found)).flat();
}

/** nftables tables and links that Skep itself makes: on the machine they would come from a daemon that got out. */
export async function machineTraces(): Promise<readonly string[]> {
  const tables = linesWith(await requireCommand(['nft', 'list', 'tables']), ['skep']);
  const links = await requireCommand(['ip', '-o', 'link', 'show']);
  return [
    ...tables,
    ...[...links.matchAll(/^\d+: (skep0|skt\w+)/gm)].map(([, link]) => `link ${link}`),
  ].sort();
}

/** Everything of a playground that is on the machine, by looking at the machine; empty when nothing is. */
export async function findLeftovers(marks: PlaygroundMarks): Promise<readonly string[]> {
  const found = await Promise.all([groups, folders, processes, network].map((look) => look(marks)));
  return found.flat();
}
