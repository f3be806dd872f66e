import { SkepError } from '../lib/errors.ts';
import type { Call, Handlers } from '../proto/rpc.ts';
import { controlMethods } from '../proto/services.ts';
import { managerIsLocked } from './identity/node-secrets.ts';
import type { Membership } from './membership.ts';

type Control = Handlers<typeof controlMethods>;
type AnyHandler = (request: unknown, call: Call) => unknown;

/** The control interface of this node's manager. FAILED_PRECONDITION says why there is none. */
function requireControl(membership: Membership): Control {
  const active = membership.active();
  if (membership.isLocked()) throw managerIsLocked();
  if (active === null) {
    throw new SkepError(
      'FAILED_PRECONDITION',
      'this node is not a swarm manager: it is not part of a swarm',
      {
        help: '"skep swarm init" makes a swarm, "skep swarm join" connects this node to one',
      },
    );
  }
  if (active.manager === null && active.state.role === 'manager') {
    const why = active.managerFailure === '' ? 'it is being let in' : active.managerFailure;
    throw new SkepError('UNAVAILABLE', `the manager of this node does not run at present: ${why}`, {
      help: 'it goes on trying by itself; meanwhile ask another manager',
    });
  }
  if (active.manager === null) {
    const managers = active.state.managers.map(({ address }) => address).join(', ');
    throw new SkepError('FAILED_PRECONDITION', 'this node is not a swarm manager: it is a worker', {
      help: `worker nodes cannot view or change the cluster; ask a manager: ${managers}`,
    });
  }
  return active.manager.control;
}

/** The control interface on the node's own socket, whatever the node is at the moment of a call. */
export function controlProxy(membership: Membership): Control {
  const handlers = Object.entries(controlMethods).map(([name, method]) => {
    const handlerOf = () => requireControl(membership)[name as keyof Control] as AnyHandler;
    if (method.kind !== 'serverStream') {
      return [name, async (request: unknown, call: Call) => handlerOf()(request, call)];
    }
    return [
      name,
      async function* stream(request: unknown, call: Call) {
        yield* handlerOf()(request, call) as AsyncIterable<unknown>;
      },
    ];
  });
  return Object.fromEntries(handlers) as Control;
}
