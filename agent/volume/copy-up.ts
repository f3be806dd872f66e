import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { planOverlay } from '../executor/overlay-plan.ts';
import { runProgram } from './program.ts';
import { DATA_MODE } from './volume-folder.ts';

/** A volume's first content may be many gigabytes on a slow disk. */
const COPY_TIMEOUT_MS = 30 * 60_000;

/**
 * Copies what an image has at `target` (a path in the image) into `folder`/data, with owners, modes, times, extended
 * attributes and hard links. Nothing is copied when the image has no folder there. The work is done by a child of
 * its own, which sees the image as a container would and cannot be led out of it by links. `folder` must be empty;
 * what is left in it beside `data` is of no use.
 */
export async function copyUp(
  copyBinaryPath: string,
  image: { readonly layerFolders: readonly string[]; readonly target: string },
  folder: string,
): Promise<void> {
  const overlay = join(folder, 'overlay');
  const { mountStep } = planOverlay(image.layerFolders, overlay);
  if (mountStep.kind !== 'overlay') return;
  for (const path of [overlay, ...['upper', 'work', 'root'].map((name) => join(overlay, name))]) {
    await mkdir(path, { mode: 0o700 });
  }
  const data = join(folder, 'data');
  await mkdir(data);
  // For a target that the image does not have; the process's umask may have taken bits away.
  await chmod(data, DATA_MODE);
  await runProgram(
    copyBinaryPath,
    ['--copy', mountStep.text ?? '', mountStep.other ?? '/', mountStep.path ?? '', image.target, data],
    { timeoutMs: COPY_TIMEOUT_MS },
  );
}
