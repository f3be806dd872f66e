import { SkepError } from '../../lib/errors.ts';
import type { Step } from './protocol.ts';

export interface OverlayPlan {
  readonly folderSteps: readonly Step[];
  readonly mountStep: Step;
}

/** mount(2) takes one page of options, its end included. */
const MAX_OPTION_BYTES = 4095;
/** These divide the options of overlayfs. */
const FORBIDDEN_IN_LAYERS = /[:,\\]/;

/** The deepest folder that holds all of them. */
function commonFolder(paths: readonly string[]): string {
  let common = (paths[0] ?? '/').split('/').slice(0, -1);
  for (const path of paths) {
    const names = path.split('/');
    let same = 0;
    while (same < common.length && common[same] === names[same]) same++;
    common = common.slice(0, same);
  }
  const folder = common.join('/');
  return folder === '' ? '/' : folder;
}

/** Where a container's changes are kept when they outlive it. */
export interface WritableFolder {
  readonly path: string;
  /** False: they are worth a flush to disk at the end of each run. */
  readonly isVolatile: boolean;
}

/**
 * The root of a container: its layers, lowest first, below a folder for changes: its own, or the `writable` one.
 * `volatile` leaves out the flush to disk, which would come with every unmount: the changes of a one-shot container are
 * never mounted again. FAILED_PRECONDITION when there are no layers or more than one mount call can name.
 */
export function planOverlay(
  layers: readonly string[],
  folder: string,
  writable: WritableFolder = { path: folder, isVolatile: true },
): OverlayPlan {
  // overlayfs refuses the same folder twice; the topmost one decides what is seen.
  const unique = layers.filter((layer, index) => layers.lastIndexOf(layer) === index);
  if (unique.length === 0) throw new SkepError('FAILED_PRECONDITION', 'the image has no layers');
  const bad = [...unique, folder, writable.path].find(
    (path) => !path.startsWith('/') || FORBIDDEN_IN_LAYERS.test(path),
  );
  if (bad !== undefined) {
    throw new SkepError('FAILED_PRECONDITION', `overlayfs cannot use the folder ${bad}`, {
      help: 'paths must be absolute and without colon, comma and backslash',
    });
  }
  const common = commonFolder(unique);
  const skip = common === '/' ? 1 : common.length + 1;
  const lower = unique.map((layer) => layer.slice(skip)).reverse();
  const options = `lowerdir=${lower.join(':')},upperdir=${writable.path}/upper,workdir=${writable.path}/work${writable.isVolatile ? ',volatile' : ''}`;
  const length = new TextEncoder().encode(options).length;
  if (length > MAX_OPTION_BYTES) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      `the image has ${unique.length} layers, too many for one overlay mount (${length} of ${MAX_OPTION_BYTES} bytes)`,
      { help: 'build the image with fewer layers, or keep the data folder at a shorter path' },
    );
  }
  const makeFolder = (path: string, mode: bigint): Step => ({
    kind: 'hostFolder',
    name: `make ${path}`,
    path,
    mode,
  });
  return {
    folderSteps: [
      makeFolder(folder, 0o711n),
      ...(writable.path === folder ? [] : [makeFolder(writable.path, 0o711n)]),
      makeFolder(`${writable.path}/upper`, 0o755n),
      makeFolder(`${writable.path}/work`, 0o755n),
      makeFolder(`${folder}/root`, 0o755n),
    ],
    mountStep: {
      kind: 'overlay',
      name: 'mount the overlay root',
      path: `${folder}/root`,
      other: common,
      text: options,
    },
  };
}
