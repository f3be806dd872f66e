import childProcess from 'node:child_process';
import fs from 'node:fs';
import { importsOf } from './imports.ts';
import { PURE_EXCEPTIONS, PURE_NODE_IMPORTS, PURE_PATHS } from './pure-paths.ts';
import { isUnder, offence, type Rule, typescriptOf } from './rule.ts';
import type { Token } from './source-scanner.ts';

const IMPURE_WORDS = new Set([
  'await',
  'async',
  'Date',
  'process',
  'performance',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
]);

/** True for a use of the global of that name: not a property, a key, or a type member. */
function isGlobalUse(code: readonly Token[], at: number): boolean {
  const before = code[at - 1]?.text;
  const after = code[at + 1]?.text;
  return before !== '.' && before !== '?.' && after !== ':' && !(after === '?' && code[at + 2]?.text === ':');
}

/** Decisions know no clock, no chance, no disk, no network and no waiting: all of that comes in as arguments. */
export const purityRule: Rule = (files) =>
  typescriptOf(files)
    .filter((file) => isUnder(file.path, PURE_PATHS) && !isUnder(file.path, PURE_EXCEPTIONS))
    .flatMap((file) => {
      const offences = importsOf(file)
        .filter(({ specifier }) => specifier.startsWith('node:'))
        .filter(({ specifier }) => !PURE_NODE_IMPORTS.includes(`${file.path} ${specifier}`))
        .map(({ line, specifier }) => offence(file, line, `a pure file imports ${specifier}`));
      for (const [at, token] of file.code.entries()) {
        if (token.kind !== 'word') continue;
        const isRandom = token.text === 'Math' && file.code[at + 2]?.text === 'random';
        if (isRandom) offences.push(offence(file, token.line, 'a pure file uses Math.random'));
        if (IMPURE_WORDS.has(token.text) && isGlobalUse(file.code, at)) {
          offences.push(offence(file, token.line, `a pure file uses ${token.text}`));
        }
      }
      return offences;
    });

/** Every entry of the lists of pure-paths.ts stands for some file; otherwise a renamed file escapes the rule. */
export const pureListRule: Rule = (files) =>
  [...PURE_PATHS, ...PURE_EXCEPTIONS]
    .filter((entry) => !files.some((file) => isUnder(file.path, [entry])))
    .map((entry) => `test/tidy/pure-paths.ts:1: no file is at ${entry}`);

const DAEMON_PATHS = ['daemon/', 'manager/', 'agent/'];
const SYNC_CALLS = new Set(
  [...Object.keys(fs), ...Object.keys(childProcess)].filter((name) => name.endsWith('Sync')),
);

/** Nothing that a daemon runs waits for a disk or a process while everything else stands still. */
export const synchronousCallRule: Rule = (files) =>
  typescriptOf(files)
    .filter((file) => isUnder(file.path, DAEMON_PATHS))
    .flatMap((file) =>
      file.code
        .filter((token) => token.kind === 'word' && SYNC_CALLS.has(token.text))
        .map((token) => offence(file, token.line, `uses ${token.text} on a daemon path`)),
    );
