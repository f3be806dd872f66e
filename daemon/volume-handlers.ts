import { randomBytes } from 'node:crypto';
import { isLocalContainerId } from '../agent/container/container-id.ts';
import type { Volume } from '../agent/volume/volume-store.ts';
import { SkepError } from '../lib/errors.ts';
import type { Handlers } from '../proto/rpc.ts';
import type { localMethods } from '../proto/services.ts';
import type { VolumeMessage } from '../proto/volume-messages.ts';
import type { Engine } from './engine.ts';
import type { Membership } from './membership.ts';

/** As long as the names that Docker makes up. */
const RANDOM_NAME_BYTES = 32;

type VolumeHandlers = Pick<
  Handlers<typeof localMethods>,
  'createVolume' | 'listVolumes' | 'inspectVolume' | 'removeVolume' | 'pruneVolumes'
>;

function toMessage({ taskId, ...volume }: Volume): VolumeMessage {
  return { ...volume, driver: 'local', scope: 'local', anonymous: taskId !== '' };
}

function hasLabel({ labels }: Volume, filter: string): boolean {
  const equals = filter.indexOf('=');
  return equals < 0 ? filter in labels : labels[filter.slice(0, equals)] === filter.slice(equals + 1);
}

/** While a node waits for its key or its cluster, containers may run whose tasks nobody has looked at yet. */
async function requireKnownUsers({ executor }: Engine, membership: Membership): Promise<void> {
  if (membership.active() !== null) return;
  // The users of its own containers' volumes a node knows always.
  if ((await executor.list()).every(({ id }) => isLocalContainerId(id))) return;
  throw new SkepError(
    'FAILED_PRECONDITION',
    'no volume can be removed now: containers run here, and the node does not know yet which volumes they use',
    { help: 'unlock the manager, or let the node join, and try again' },
  );
}

/** What the node answers about its volumes. */
export function volumeHandlers(engine: Engine, membership: Membership): VolumeHandlers {
  const { volumes } = engine;
  return {
    createVolume: async ({ name, driver, labels }) => {
      const chosen = name === '' ? randomBytes(RANDOM_NAME_BYTES).toString('hex') : name;
      return toMessage(await volumes.create({ name: chosen, driver, labels }));
    },
    listVolumes: async () => ({ volumes: volumes.list().map(toMessage) }),
    inspectVolume: async ({ reference }) => toMessage(volumes.inspect(reference)),
    removeVolume: async ({ reference, force }) => {
      await requireKnownUsers(engine, membership);
      await volumes.remove(reference, { force });
      return {};
    },
    pruneVolumes: async ({ all, labels }) => {
      await requireKnownUsers(engine, membership);
      const matches = (volume: Volume) =>
        labels.length === 0 || labels.some((filter) => hasLabel(volume, filter));
      return volumes.prune({ all, matches });
    },
  };
}
