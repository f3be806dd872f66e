// `npm run bench -- [start] [memory] [health] [scale] [raft] [failover]`: all of them without a name.
import { benchFailover } from './failover.ts';
import { benchHealth } from './health.ts';
import { benchMemory } from './memory.ts';
import { benchRaft } from './raft.ts';
import { benchScale } from './scale.ts';
import { benchStart } from './start.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  start: benchStart,
  memory: benchMemory,
  health: benchHealth,
  scale: benchScale,
  raft: benchRaft,
  failover: benchFailover,
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(BENCHMARKS);
for (const name of names) {
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined) {
    console.error(`there is no benchmark "${name}"; known are ${Object.keys(BENCHMARKS).join(', ')}`);
    process.exit(2);
  }
  await benchmark();
}
