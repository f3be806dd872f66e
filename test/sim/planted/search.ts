// `node search.js NAME FIRST LAST STEPS`: simulates seeds with that bug planted until one of them shows it. Prints
// `found with seed S` and what was wrong, or `not found`. With `nothing` for a name, no bug is planted. A process of its own, as modules are loaded once.
import { register } from 'node:module';
import { PLANTED_BUGS, type PlantedBug } from './bugs.ts';

const [name, first, last, steps] = process.argv.slice(2);
const nothing: PlantedBug = { name: 'nothing', replacements: [] };
const bug = [...PLANTED_BUGS, nothing].find((one) => one.name === name);
if (bug === undefined) throw new Error(`no bug is called "${name}"`);
register(new URL('./replace-text.js', import.meta.url), { data: bug.replacements });
// Only now, so that they are loaded with their replacements.
const { simulate } = await import('../simulate.ts');
const { describeFailure } = await import('../seeds.ts');
Error.stackTraceLimit = 0;
let found = 'not found';
for (let seed = Number(first); seed <= Number(last) && found === 'not found'; seed++) {
  try {
    await simulate({ seed, steps: Number(steps), hasLyingDisks: bug.hasLyingDisks === true });
  } catch (thrown) {
    found = `found with seed ${seed}: ${describeFailure(thrown)}`;
  }
}
console.log(found);
