// `npm run bench -- [start] [scale]`: all of them without a name.
import { benchScale } from './scale.ts';
import { benchStart } from './start.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = { start: benchStart, scale: benchScale };

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(BENCHMARKS);
for (const name of names) {
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined) {
    console.error(`there is no benchmark "${name}"; known are ${Object.keys(BENCHMARKS).join(', ')}`);
    process.exit(2);
  }
  await benchmark();
}
