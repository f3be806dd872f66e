import { SkepError } from '../../lib/errors.ts';
import type { CopyToHeader, CopyToRequest, PathStat } from '../../proto/container-messages.ts';
import type { ContainerOnNode } from './container-on-node.ts';
import { type ContainerPath, containerPath, viewWords } from './look-plan.ts';
import { type Looker, prepareWritable } from './look-process.ts';

const MS_PER_SECOND = 1_000;
const NANOSECONDS_PER_MS = 1_000_000;
/** The answer to a stat has two paths at most, a byte in two digits each. */
const MAX_ANSWER_BYTES = 65_536;

async function wordsFor(container: ContainerOnNode, writes: boolean): Promise<readonly string[]> {
  if (container.pid === 0) await prepareWritable(container);
  return viewWords(container, writes);
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** Reads the helper's answer about what is at `path`. A link that leads nowhere is told as its words mean it. */
export function parsePathStat({ path, name }: ContainerPath, text: string): PathStat {
  const answer = JSON.parse(text) as Record<string, unknown>;
  const target = Buffer.from(typeof answer.link === 'string' ? answer.link : '', 'hex').toString();
  return {
    name: name === '.' ? '/' : name,
    sizeBytes: numberOf(answer.size),
    mode: numberOf(answer.mode),
    modifiedAtMs:
      numberOf(answer.seconds) * MS_PER_SECOND +
      Math.floor(numberOf(answer.nanoseconds) / NANOSECONDS_PER_MS),
    linkTarget: target === '' || target.startsWith('/') ? target : containerPath(`${path}/../${target}`).path,
  };
}

/** What is at a path of a container, running or not. NOT_FOUND when there is nothing. */
export async function statContainerPath(
  looker: Looker,
  container: ContainerOnNode,
  text: string,
  signal?: AbortSignal,
): Promise<PathStat> {
  const place = containerPath(text);
  const { path, followsLink } = place;
  const words = await wordsFor(container, false);
  const what = `look at ${container.name}:${path}`;
  let answer = '';
  for await (const piece of looker.read([...words, 'stat', followsLink ? `${path}/` : path], what, signal)) {
    answer += piece.toString();
    if (answer.length > MAX_ANSWER_BYTES)
      throw new SkepError('INTERNAL', `cannot ${what}: the answer is too long`);
  }
  return parsePathStat(place, answer);
}

/**
 * A file or folder of a container as a tar archive. A symbolic link is archived as one, unless the path ends with a
 * slash. NOT_FOUND when there is nothing; what fails midway is thrown after the pieces so far.
 */
export async function* copyFromContainer(
  looker: Looker,
  container: ContainerOnNode,
  text: string,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly data: Uint8Array }> {
  const { path, name, followsLink } = containerPath(text);
  const words = await wordsFor(container, false);
  const work = ['pack', followsLink ? `${path}/` : path, followsLink ? 'follow' : 'keep', name];
  const pieces = looker.read([...words, ...work], `copy from ${container.name}:${path}`, signal);
  for await (const data of pieces) yield { data };
}

async function* dataOf(requests: AsyncIterator<CopyToRequest>): AsyncGenerator<Uint8Array> {
  for (let next = await requests.next(); next.done !== true; next = await requests.next()) {
    if (next.value.data.length > 0) yield next.value.data;
  }
}

/** Takes the header off the requests of a copy into a container. INVALID_ARGUMENT when there is none. */
export async function copyToHeader(requests: AsyncIterator<CopyToRequest>): Promise<CopyToHeader> {
  const first = await requests.next();
  if (first.done === true || first.value.header === undefined) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      'the first message says into which container is copied, and it does not',
    );
  }
  return first.value.header;
}

/**
 * Unpacks a tar archive into an existing folder of a container. NOT_FOUND when there is no such folder;
 * FAILED_PRECONDITION when it is none, can only be read, or a file and a folder stand in each other's place;
 * INVALID_ARGUMENT when the archive is at fault. What was unpacked before a failure stays.
 */
export async function copyToContainer(
  looker: Looker,
  container: ContainerOnNode,
  header: CopyToHeader,
  requests: AsyncIterator<CopyToRequest>,
  signal?: AbortSignal,
): Promise<void> {
  const { path } = containerPath(header.path);
  if (container.pid === 0 && container.isTask) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `container ${container.name} has ended and does not start again`,
      {
        help: 'files can still be copied from it',
      },
    );
  }
  const words = await wordsFor(container, true);
  const work = ['place', path, header.keepOwner ? 'keep' : 'root'];
  const what = `copy to ${container.name}:${path}`;
  await looker.write([...words, ...work], what, dataOf(requests), signal);
}
