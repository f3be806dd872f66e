import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { arrowRule, cycleRule } from './arrow-rule.ts';
import { errorPageOffences, machinePathRule, titleRule } from './document-rule.ts';
import { purityRule, synchronousCallRule } from './purity-rule.ts';
import { sourceFile } from './repository.ts';
import type { Rule } from './rule.ts';
import { fileSizeRule, longFunctions } from './size-rule.ts';
import { badNames, bannedRule, docstringRule } from './wording-rule.ts';

/** The places that a rule finds fault with, in one file. */
function places(rule: Rule, path: string, text: string): string[] {
  return rule([sourceFile(path, text)]).map((offence) => offence.split(': ')[0] ?? '');
}

function importing(path: string, specifier: string): number {
  return arrowRule([sourceFile(path, `import { a } from '${specifier}';`)]).length;
}

// Marks that the rules look for are put together here, so that this file keeps the rules itself.
const MARK = ['TO', 'DO'].join('');
const IGNORE = ['@ts', 'ignore'].join('-');

describe('the rule of arrows', () => {
  it('lets each part import what the architecture allows', () => {
    assert.equal(importing('lib/a.ts', './b.ts'), 0);
    assert.equal(importing('manager/scheduler/a.ts', '../store/store.ts'), 0);
    assert.equal(importing('manager/raft/a.ts', '../store/store.ts'), 0);
    assert.equal(importing('manager/run.ts', './scheduler/a.ts'), 0);
    assert.equal(importing('daemon/a.ts', '../agent/b.ts'), 0);
    assert.equal(importing('test/a.ts', '../daemon/b.ts'), 0);
    assert.equal(importing('agent/a.ts', 'node:fs'), 0);
  });

  it('refuses everything else, types and dynamic imports included', () => {
    assert.equal(importing('lib/a.ts', '../proto/b.ts'), 1);
    assert.equal(importing('agent/x/a.ts', '../../manager/b.ts'), 1);
    assert.equal(importing('manager/store/a.ts', '../raft/b.ts'), 1);
    assert.equal(importing('manager/scheduler/a.ts', '../allocator/b.ts'), 1);
    assert.equal(importing('manager/api/a.ts', '../run.ts'), 1);
    assert.equal(importing('cli/a.ts', '../daemon/b.ts'), 1);
    assert.equal(importing('lib/a.ts', '../../elsewhere/b.ts'), 1);
    assert.deepEqual(places(arrowRule, 'lib/a.ts', "\nimport type { B } from '../agent/b.ts';"), [
      'lib/a.ts:2',
    ]);
    assert.deepEqual(places(arrowRule, 'lib/a.ts', "await import('../agent/b.ts');"), ['lib/a.ts:1']);
  });

  it('finds a cycle and shows its way', () => {
    const cycle = [
      sourceFile('lib/a.ts', "import './b.ts';"),
      sourceFile('lib/b.ts', "export type { C } from './c.ts';"),
      sourceFile('lib/c.ts', "import { a } from './a.ts';"),
      sourceFile('lib/d.ts', "import './a.ts';"),
    ];
    assert.deepEqual(cycleRule(cycle), [
      'lib/a.ts:1: imports itself: lib/a.ts → lib/b.ts → lib/c.ts → lib/a.ts',
    ]);
    assert.deepEqual(cycleRule(cycle.slice(1)), []);
  });
});

describe('the rule of purity', () => {
  it('finds clocks, chance, waiting and the outside world', () => {
    const bad = [
      "import fs from 'node:fs';",
      'await x;',
      'const a = Date.now();',
      'const b = Math.random();',
      'setTimeout(f, 1);',
      'process.exit();',
    ];
    assert.deepEqual(
      places(purityRule, 'lib/a.ts', bad.join('\n')),
      bad.map((_, place) => `lib/a.ts:${place + 1}`),
    );
  });

  it('lets names, comments and strings alone, and files that are not pure', () => {
    const good =
      'const a = task.process; // await Date\nconst b = { process: 1, note: "await" };\nMath.max(1);';
    assert.deepEqual(places(purityRule, 'lib/a.ts', good), []);
    assert.deepEqual(places(purityRule, 'agent/a.ts', 'await Date.now();'), []);
  });

  it('finds synchronous calls where a daemon runs', () => {
    const text = "import { readFileSync } from 'node:fs';\nhkdfSync();\nspawnSync('a');";
    assert.deepEqual(places(synchronousCallRule, 'agent/a.ts', text), ['agent/a.ts:1', 'agent/a.ts:3']);
    assert.deepEqual(places(synchronousCallRule, 'cli/a.ts', text), []);
  });
});

describe('the rules of size', () => {
  it('count the lines of a file', () => {
    assert.deepEqual(places(fileSizeRule, 'lib/a.ts', 'x\n'.repeat(499)), []);
    assert.deepEqual(places(fileSizeRule, 'agent/a.c', 'x\n'.repeat(500)), ['agent/a.c:500']);
  });

  it('count the lines of a function, in TypeScript and in C', () => {
    const body = 'x;\n'.repeat(8);
    const typescript = sourceFile('lib/a.ts', `function a() {\n${body}}\n`);
    assert.equal(longFunctions([typescript], 11).length, 0);
    assert.equal(longFunctions([typescript], 10).length, 1);
    const c = sourceFile('agent/a.c', `static int a(int b)\n{\n${body}}\n`);
    assert.equal(longFunctions([c], 12).length, 0);
    assert.deepEqual(longFunctions([c], 11), ['agent/a.c:1: a has 11 lines of its own']);
  });
});

describe('the rules of wording', () => {
  it('find what is banned', () => {
    const bad = [
      "export * from './b.ts';",
      'let a: any;',
      'let b = c as any;',
      'let d: any[] = [];',
      'it.only("x", () => {});',
      'export default 1;',
      'enum E { F }',
      'namespace G { }',
      `// ${IGNORE}`,
      `/* ${MARK}: later */`,
    ];
    assert.deepEqual(
      places(bannedRule, 'lib/a.ts', bad.join('\n')),
      bad.map((_, place) => `lib/a.ts:${place + 1}`),
    );
    assert.deepEqual(places(bannedRule, 'agent/a.c', `// ${MARK}`), ['agent/a.c:1']);
  });

  it('let the same words alone where they mean something else', () => {
    const good = `const any = "export * ${MARK}"; f(any); { any } // any enumeration\nconst enumerate = a.any;`;
    assert.deepEqual(places(bannedRule, 'lib/a.ts', good), []);
  });

  it('find names that say nothing', () => {
    const bad = [
      'lib/utils.ts',
      'lib/helpers/a.ts',
      'lib/string-util.ts',
      'lib/misc.c',
      'common/x.md',
      'manager2/a',
    ];
    assert.equal(badNames(bad).length, bad.length);
    assert.deepEqual(badNames(['lib/uncommon.ts', 'lib/commonality.ts', 'agent/utility-meter.ts']), []);
  });

  it('find exported functions without a doc comment', () => {
    const bad = [
      'export function a() {}',
      'export async function b() {}',
      '// no doc\nexport const c = (x: number): number => x;',
      '/** far */\n\nexport const d = async () => {};',
      '/** */\nexport function* e() {}',
    ];
    for (const text of bad) assert.equal(places(docstringRule, 'lib/a.ts', text).length, 1, text);
    const good =
      '/** Says. */\nexport function a() {}\nexport const B = (1 + 2);\nexport type C = () => void;\n';
    assert.deepEqual(places(docstringRule, 'lib/a.ts', good), []);
    assert.deepEqual(places(docstringRule, 'test/a.ts', bad.join('\n')), []);
  });
});

describe('the rules of documents', () => {
  it('want one title', () => {
    assert.deepEqual(places(titleRule, 'a.md', '# One\n\n```sh\n# a comment\n```\n## Two\n'), []);
    assert.deepEqual(places(titleRule, 'a.md', '# One\n# Two\n'), ['a.md:2']);
    assert.deepEqual(places(titleRule, 'a.md', 'text\n'), ['a.md:1']);
  });

  it('want every error code explained once, and no other', () => {
    const page = (text: string) => sourceFile('docs/errors.md', text);
    assert.deepEqual(errorPageOffences(['A', 'B'], page('# T\n## A\ntext\n## B\ntext\n')), []);
    assert.equal(errorPageOffences(['A', 'B'], page('# T\n## A\ntext\n')).length, 1);
    assert.equal(errorPageOffences(['A'], page('# T\n## A\ntext\n## C\ntext\n')).length, 1);
    assert.equal(errorPageOffences(['A'], page('# T\n## A\n\n')).length, 1);
    assert.equal(errorPageOffences(['A'], page('# T\n## A\nx\n## A\nx\n')).length, 1);
  });

  it('find the folders of one machine', () => {
    const folder = ['', 'work', 'main'].join('/');
    assert.deepEqual(places(machinePathRule, 'a.md', `see\n${folder}`), ['a.md:2']);
    assert.deepEqual(places(machinePathRule, 'a.md', '/net/work/a and data-root/b'), []);
  });
});
