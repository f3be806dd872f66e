import type { Mount } from '../../lib/domain/container-spec.ts';
import { SkepError } from '../../lib/errors.ts';
import { planOverlay } from '../executor/overlay-plan.ts';
import type { ContainerOnNode } from './container-on-node.ts';

/** PATH_MAX of Linux, its end included. */
const MAX_PATH_BYTES = 4_095;
/** As the native helper takes them. */
const MAX_VOLUMES = 128;

/** A path of a container as a user wrote it, made plain. */
export interface ContainerPath {
  /** Absolute, without `.`, `..` and doubled slashes. */
  readonly path: string;
  /** The last name; `.` for the root. */
  readonly name: string;
  /** It ended with a slash: a link there means the folder that it leads to. */
  readonly followsLink: boolean;
}

/**
 * Makes a path plain by its words alone, as Docker does: `a/../b` is `/b` whatever `a` is. INVALID_ARGUMENT when it is
 * empty, too long or holds a zero byte.
 */
export function containerPath(text: string): ContainerPath {
  const refuse = (why: string): never => {
    throw new SkepError('INVALID_ARGUMENT', `path ${JSON.stringify(text.slice(0, 100))} ${why}`);
  };
  if (text === '') refuse('is empty');
  if (text.includes('\0')) refuse('holds a zero byte');
  if (new TextEncoder().encode(text).length > MAX_PATH_BYTES) {
    refuse(`is longer than ${MAX_PATH_BYTES} bytes`);
  }
  const names: string[] = [];
  for (const name of text.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return {
    path: `/${names.join('/')}`,
    name: names.at(-1) ?? '.',
    followsLink: /(?:^|\/)\.{0,2}$/.test(text),
  };
}

interface LowerPlan {
  /** `lowerdir=…` without what may be written to. */
  readonly text: string;
  readonly layersFolder: string;
  readonly writableText: string;
}

function lowerPlan({ layers, writableFolder }: ContainerOnNode): LowerPlan {
  const { mountStep } = planOverlay(layers, writableFolder, { path: writableFolder, isVolatile: false });
  if (mountStep.kind !== 'overlay') throw new SkepError('INTERNAL', 'an overlay is no mount');
  const text = mountStep.text ?? '';
  return {
    text: text.slice(0, text.lastIndexOf(',upperdir=')),
    layersFolder: mountStep.other ?? '/',
    writableText: text,
  };
}

/** Volumes and folders of the node as a container that does not run would have them. */
function mountWords({ spec, volumeFolders }: ContainerOnNode): readonly string[] {
  const sourceOf = (mount: Mount): string | undefined =>
    mount.kind === 'bind'
      ? mount.source
      : mount.kind === 'volume'
        ? volumeFolders.get(mount.target)
        : undefined;
  const words = spec.mounts.flatMap((mount) => {
    const source = sourceOf(mount);
    return source === undefined ? [] : [[source, mount.target, mount.readOnly ? 'ro' : 'rw']];
  });
  // What lies deeper is mounted later.
  const depth = (word: readonly string[]): number => (word[1] ?? '').split('/').length;
  const ordered = [...words].sort((one, other) => depth(one) - depth(other)).slice(0, MAX_VOLUMES);
  return [String(ordered.length), ...ordered.flat()];
}

/**
 * How the native helper comes to see the files of a container: as its first process does while it runs, else through a
 * mount of its own. Reading never touches the folder that a start of the container would use at that moment.
 */
export function viewWords(container: ContainerOnNode, writes: boolean): readonly string[] {
  const { pid, cgroupPath, writableFolder, spec } = container;
  if (pid > 0) return ['--running', String(pid), cgroupPath];
  const { text, layersFolder, writableText } = lowerPlan(container);
  const readable = text.replace(/^lowerdir=/, `lowerdir=${writableFolder}/upper:`);
  const access = writes && !spec.readOnlyRoot ? 'rw' : 'ro';
  return [
    '--stopped',
    writes ? writableText : readable,
    layersFolder,
    writableFolder,
    access,
    ...mountWords(container),
  ];
}

/** The words that ask for what a container's upper folder changes. */
export function changesWords(container: ContainerOnNode): readonly string[] {
  const { text, layersFolder } = lowerPlan(container);
  const { writableFolder } = container;
  const lowers = text.slice('lowerdir='.length).split(':');
  const [only = ''] = lowers;
  // overlayfs takes no single folder that cannot be written to.
  const [options, folder] = lowers.length > 1 ? [text, layersFolder] : ['', `${layersFolder}/${only}`];
  return ['--changes', `${writableFolder}/upper`, options, folder, writableFolder, String(container.pid)];
}

/** Where the start of a container mounts something: paths without an outer slash. */
export function mountPlaces({ spec }: Pick<ContainerOnNode, 'spec'>): readonly string[] {
  const always = ['proc', 'sys', 'dev', 'etc/hosts', 'etc/hostname', 'etc/resolv.conf'];
  const own = spec.mounts.map(({ target }) => containerPath(target).path.slice(1));
  return [...new Set([...always, ...own])];
}
