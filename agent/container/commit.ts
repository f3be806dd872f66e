import { SkepError } from '../../lib/errors.ts';
import type { CommitContainerRequest } from '../../proto/container-messages.ts';
import type { Executor } from '../executor/executor.ts';
import type { ImageConfig, ImageStore } from '../image/image-store.ts';
import type { ContainerOnNode } from './container-on-node.ts';
import { mountPlaces } from './look-plan.ts';
import { type Looker, prepareWritable } from './look-process.ts';

/** Of the history of an image. */
const MAX_TEXT_LENGTH = 65_536;

export interface CommitDependencies {
  readonly looker: Looker;
  readonly images: ImageStore;
  readonly executor: Pick<Executor, 'pause' | 'unpause'>;
}

function nameOf(line: string): string {
  return line.slice(0, Math.max(0, line.indexOf('=')));
}

/** The image's configuration with what the container was asked to be in its place. */
export function configOfContainer(image: ImageConfig, container: ContainerOnNode): ImageConfig {
  const { spec, setting } = container;
  const replaces = spec.command.length > 0;
  // Of the node's own additions, such as the host's name, an image must not tell.
  const asked = new Set([...image.env, ...spec.env].map(nameOf));
  const health = spec.health ?? image.health;
  return {
    ...image,
    entrypoint: replaces ? spec.command : image.entrypoint,
    cmd: spec.args.length > 0 ? spec.args : replaces ? [] : image.cmd,
    env: setting.env.filter((line) => asked.has(nameOf(line))),
    workingDir: spec.workdir ?? image.workingDir,
    user: spec.user ?? image.user,
    labels: { ...image.labels, ...spec.labels },
    stopSignal: spec.stopSignal ?? image.stopSignal,
    ...(health === undefined ? {} : { health }),
  };
}

/** The container stands still while its files are read, and no longer. */
async function* whilePaused(
  executor: CommitDependencies['executor'],
  id: string,
  layer: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  await executor.pause(id);
  try {
    yield* layer;
  } finally {
    // It may have been killed while it stood still.
    await executor.unpause(id).catch(() => undefined);
  }
}

/**
 * Makes an image of a container's image and what the container changed in it; volumes are no part of that. The
 * container stands still meanwhile unless it is told not to. FAILED_PRECONDITION when a file cannot be in a layer.
 */
export async function commitContainer(
  { looker, images, executor }: CommitDependencies,
  container: ContainerOnNode,
  request: CommitContainerRequest,
  signal?: AbortSignal,
): Promise<string> {
  const { author, message, changes, image: reference } = request;
  if (author.length > MAX_TEXT_LENGTH || message.length > MAX_TEXT_LENGTH) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `author and message have at most ${MAX_TEXT_LENGTH} characters each`,
    );
  }
  const base = images.inspect(container.imageId);
  const config = configOfContainer(base.config, container);
  await prepareWritable(container);
  const { pid, writableFolder } = container;
  const words = ['--layer', `${writableFolder}/upper`, String(pid), ...mountPlaces(container)];
  const layer = looker.read(words, `commit ${container.name}`, signal);
  const createdBy = [...config.entrypoint, ...config.cmd].join(' ');
  const settings = { baseId: base.id, config, changes, reference, createdBy, author, message };
  const pauses = request.pause && container.state === 'running' && pid > 0;
  const image = await images.derive(pauses ? whilePaused(executor, container.id, layer) : layer, settings);
  return image.id;
}
