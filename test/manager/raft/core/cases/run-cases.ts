import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { CONFCHANGE_COMMANDS, createConfChangeRunner } from './confchange-cases.ts';
import { comparableLines, type Directive, diffLines, parseCases } from './datadriven.ts';
import { createInteractionRunner } from './interaction-cases.ts';
import { QUORUM_COMMANDS, runQuorumCase } from './quorum-cases.ts';

export interface CaseFileResult {
  /** Relative to the folder that was given. */
  readonly file: string;
  readonly passed: number;
  /** One text for each directive whose output is another than expected. */
  readonly failures: readonly string[];
}

/** Runs every case file of a folder, and of the folders in it; a single file also does. */
export function runCaseFolder(folder: string): readonly CaseFileResult[] {
  const isFile = statSync(folder).isFile();
  const files = isFile ? [''] : readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return files
    .filter((file) => isFile || file.endsWith('.txt'))
    .map((file) => {
      const text = readFileSync(path.join(folder, file), 'utf8');
      return runCaseFile(isFile ? path.basename(folder) : file, text);
    });
}

/** Runs the directives of one file, one after the other, also after a failure. */
export function runCaseFile(file: string, text: string): CaseFileResult {
  const directives = parseCases(file, text);
  const run = chooseRunner(directives);
  const failures: string[] = [];
  for (const directive of directives) {
    const failure = runDirective(directive, run);
    if (failure !== undefined) failures.push(failure);
  }
  return { file, passed: directives.length - failures.length, failures };
}

/** The kind of a file shows in its first command. */
function chooseRunner(directives: readonly Directive[]): (directive: Directive) => string {
  const command = directives[0]?.command ?? '';
  if (QUORUM_COMMANDS.has(command)) return runQuorumCase;
  return CONFCHANGE_COMMANDS.has(command) ? createConfChangeRunner() : createInteractionRunner();
}

function runDirective(directive: Directive, run: (directive: Directive) => string): string | undefined {
  const title = `${directive.file}:${directive.line}: ${directive.command}`;
  try {
    const diff = diffLines(comparableLines(directive.expected), comparableLines(run(directive)));
    if (diff.length === 0) return undefined;
    return [title, ...diff.map((line) => `    ${line}`)].join('\n');
  } catch (thrown) {
    return `${title}\n    threw ${thrown instanceof Error ? thrown.stack : String(thrown)}`;
  }
}
