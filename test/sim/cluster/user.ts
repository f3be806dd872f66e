import { SkepError } from '../../../lib/errors.ts';
import { createProcess } from '../world/schedule.ts';
import { type ManagerMachine, requireLeading } from './manager.ts';
import { pickServiceName, serviceSpecOf } from './objects.ts';
import type { Surroundings } from './surroundings.ts';

const PAUSE_MS = 600;
const FIRST_SERVICES = 3;

/** Somebody who keeps changing the services and the nodes of the cluster. */
export interface User {
  requests(): number;
  /** Changes nothing more, and lets every node take tasks again. */
  rest(): void;
}

/** Begins at once, at whichever manager leads. */
export function startUser(
  around: Surroundings,
  nodeNames: readonly string[],
  managers: () => readonly ManagerMachine[],
): User {
  const process = createProcess('user');
  const drained = new Set<string>();
  let requests = 0;
  let isResting = false;

  const ask = async (
    act: (api: ReturnType<typeof requireLeading>['api']) => Promise<unknown>,
  ): Promise<boolean> => {
    const manager = managers().find(({ running }) => running?.leading !== undefined);
    if (manager === undefined) return false;
    try {
      await around.rpc.unary({ name: 'user', process }, manager, async () =>
        act(requireLeading(manager).api),
      );
      requests++;
      return true;
    } catch (thrown) {
      if (thrown instanceof SkepError && thrown.code !== 'INTERNAL') return false;
      around.fail(thrown as Error);
      return false;
    }
  };
  const setAvailability = async (
    reference: string,
    availability: 'active' | 'drain' | 'pause',
  ): Promise<boolean> =>
    ask(async (api) => {
      const { spec, version } = await api.getNode(reference);
      return api.updateNode({ reference, version, spec: { ...spec, availability } });
    });

  const changeService = async (): Promise<void> => {
    const name = pickServiceName(around.chance);
    const spec = serviceSpecOf(name, around.chance);
    const kind = around.chance.pick([
      'update',
      'update',
      'update',
      'update',
      'scale',
      'rollback',
      'remove',
    ] as const);
    await ask(async (api) => {
      const { services } = await api.listServices();
      const found = services.find((service) => service.spec.name === name);
      if (found === undefined) return api.createService(spec);
      if (kind === 'remove') return api.removeService(found.id);
      const request = { reference: found.id, version: found.version, rollback: kind === 'rollback' };
      if (kind === 'rollback') return api.updateService(request);
      const { task, mode } = found.spec;
      return api.updateService({
        ...request,
        spec: { ...spec, ...(kind === 'scale' ? { task } : { mode }) },
      });
    });
  };
  const changeNode = async (): Promise<void> => {
    const name = around.chance.pick(nodeNames);
    if (drained.has(name)) {
      if (await setAvailability(name, 'active')) drained.delete(name);
    } else if (drained.size < nodeNames.length / 4) {
      drained.add(name);
      await setAvailability(name, around.chance.pick(['drain', 'pause']));
    }
  };
  const act = async (): Promise<void> => {
    if (!isResting) return around.chance.happens(0.85) ? changeService() : changeNode();
    for (const name of [...drained]) {
      if (await setAvailability(name, 'active')) drained.delete(name);
    }
  };
  const again = (): void => {
    around.schedule.after(process, around.chance.fraction() * 2 * PAUSE_MS, 'user acts', () => {
      void act().then(again);
    });
  };
  // The first services come before anything goes wrong.
  for (let count = 0; count < FIRST_SERVICES; count++) void changeService();
  again();
  return {
    requests: () => requests,
    rest: () => {
      isResting = true;
    },
  };
}
