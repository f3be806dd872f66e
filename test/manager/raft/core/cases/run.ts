// Runs case files against the Raft core: `run.js FOLDER…`. A line that begins with `-` was expected, one with `+`
// came instead. The last line counts directives.
import { runCaseFolder } from './run-cases.ts';

const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error('usage: run.js FOLDER…');
  process.exit(2);
}
const results = folders.flatMap(runCaseFolder);
let passed = 0;
let failed = 0;
for (const result of results) {
  passed += result.passed;
  failed += result.failures.length;
  for (const failure of result.failures) console.log(`${failure}\n`);
  console.log(
    `${result.failures.length === 0 ? 'ok  ' : 'FAIL'} ${result.file} (${result.passed} passed, ${result.failures.length} failed)`,
  );
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
