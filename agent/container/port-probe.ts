import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { PortBinding } from '../../lib/domain/local-container.ts';
import { SkepError } from '../../lib/errors.ts';
import type { Random } from '../../lib/ports.ts';
import { freePort, type HeldPort, portIsTaken, requireFree } from './host-ports.ts';

/** A port that processes of the node hold is passed over so often. */
const MAX_TRIES = 64;

type ProbeResult = 'free' | 'taken' | 'no-address';

function resultOf(error: NodeJS.ErrnoException): ProbeResult {
  if (error.code === 'EADDRNOTAVAIL') return 'no-address';
  return error.code === 'EADDRINUSE' ? 'taken' : 'free';
}

/** Whether a process of the node listens there: found out by listening. */
function probe({ protocol, hostAddress, hostPort }: PortBinding): Promise<ProbeResult> {
  const address = hostAddress === '' ? '0.0.0.0' : hostAddress;
  return new Promise((resolve) => {
    if (protocol === 'tcp') {
      const server = createServer();
      server.once('error', (error) => resolve(resultOf(error)));
      server.listen({ host: address, port: hostPort, exclusive: true }, () =>
        server.close(() => resolve('free')),
      );
    } else if (protocol === 'udp') {
      const socket = createSocket('udp4');
      socket.once('error', (error) => {
        socket.close();
        resolve(resultOf(error));
      });
      socket.bind({ address, port: hostPort, exclusive: true }, () => socket.close(() => resolve('free')));
    } else resolve('free');
  });
}

async function requireAvailable(binding: PortBinding): Promise<boolean> {
  const result = await probe(binding);
  if (result === 'no-address') {
    throw new SkepError('INVALID_ARGUMENT', `this node has no address ${binding.hostAddress} to publish on`);
  }
  return result === 'free';
}

async function chooseOne(
  binding: PortBinding,
  held: readonly HeldPort[],
  random: Random,
): Promise<PortBinding> {
  if (binding.hostPort !== 0) {
    requireFree(binding, held);
    if (await requireAvailable(binding)) return binding;
    throw portIsTaken(binding, 'a process on the node');
  }
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const hostPort = freePort(binding, held, random.fraction());
    if (hostPort === null) break;
    const chosen = { ...binding, hostPort };
    if (await requireAvailable(chosen)) return chosen;
  }
  throw new SkepError('RESOURCE_EXHAUSTED', `no free ${binding.protocol} port was found on this node`);
}

/** The bindings with their node ports, none of which anybody has. ALREADY_EXISTS names who has one that was asked for. */
export async function choosePorts(
  wanted: readonly PortBinding[],
  heldNow: () => readonly HeldPort[],
  random: Random,
): Promise<readonly PortBinding[]> {
  const chosen: PortBinding[] = [];
  for (const binding of wanted) {
    const own = chosen.map((port) => ({ ...port, holder: 'the container itself' }));
    chosen.push(await chooseOne(binding, [...heldNow(), ...own], random));
  }
  // What others were given meanwhile counts too.
  for (const port of chosen) requireFree(port, heldNow());
  return chosen;
}
