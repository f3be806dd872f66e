import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findFunctions } from './function-length.ts';
import { scanSource } from './source-scanner.ts';

function texts(source: string, kind?: string): string[] {
  return scanSource(source)
    .filter((token) => kind === undefined || token.kind === kind)
    .map((token) => token.text);
}

describe('the scanner', () => {
  it('tells code from strings and comments', () => {
    assert.deepEqual(texts(`a("await // no") // await\n/* b */ c`, 'word'), ['a', 'c']);
    assert.deepEqual(texts(`a // one\n/* two */`, 'comment'), ['// one', '/* two */']);
    assert.deepEqual(texts(`'it\\'s' + "a \\" b"`, 'string'), [`'it\\'s'`, `"a \\" b"`]);
  });

  it('reads code inside templates, and templates inside that', () => {
    assert.deepEqual(texts('`x $' + '{a + `y $' + '{b} } $' + '{ {c: d}.c }` } z` + e', 'word'), [
      'a',
      'b',
      'c',
      'd',
      'c',
      'e',
    ]);
    assert.deepEqual(texts('`\\` \\$' + '{a} $ {b}`', 'word'), []);
  });

  it('tells a regular expression from a division', () => {
    assert.deepEqual(texts('a / b / c', 'regex'), []);
    assert.deepEqual(texts('(a) / b / c', 'regex'), []);
    assert.deepEqual(texts(`x = /['"]\\/[/]/g.test(y)`, 'regex'), [`/['"]\\/[/]/g`]);
    assert.deepEqual(texts('return /a{/', 'regex'), ['/a{/']);
  });

  it('counts lines through everything', () => {
    const tokens = scanSource('a\n/* x\n y */ b `\n$' + '{c}\n` d');
    assert.deepEqual(
      tokens.filter((token) => token.kind === 'word').map((token) => [token.text, token.line]),
      [
        ['a', 1],
        ['b', 3],
        ['c', 4],
        ['d', 5],
      ],
    );
  });

  it('takes any text whole', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('`', '$', '{', '}', "'", '"', '/', '*', '\\', '\n', 'a', ' ') }),
        (text) => {
          assert.equal(texts(text).join('').replace(/\s/g, ''), text.replace(/\s/g, ''));
        },
      ),
    );
  });
});

describe('the length of functions', () => {
  const spans = (source: string): unknown[] =>
    findFunctions(scanSource(source)).map(({ name, firstLine, lastLine, ownLines }) => [
      name,
      firstLine,
      lastLine,
      ownLines,
    ]);

  it('is found for declarations, methods and arrows, whatever their return type', () => {
    assert.deepEqual(spans('function a(x: { y: 1 }): { z: 2 } {\n}\n'), [['a', 1, 2, 2]]);
    assert.deepEqual(spans('const a = async (): Promise<Map<string, { b: 1 }>> => {\n\n};'), [
      ['a', 1, 3, 3],
    ]);
    assert.deepEqual(spans('x = { a(b): void {\n}, get c() {\n} };'), [
      ['a', 1, 2, 2],
      ['c', 2, 3, 2],
    ]);
    assert.deepEqual(spans('function* a<T>(b: T): Generator<T> {\n}'), [['>', 1, 2, 2]]);
  });

  it('leaves blocks, literals and types alone', () => {
    assert.deepEqual(spans('if (a) {\n}\nfor (;;) {\n}\nwhile (b) {\n}\nswitch (c) {\n}'), []);
    assert.deepEqual(
      spans('const a = b ? c(d) : { e };\nconst f = { g: h(i) };\ninterface J { k(): void }'),
      [],
    );
  });

  it('does not count longer functions inside', () => {
    const inner = 'const b = () => {\n1;\n2;\n3;\n};\n';
    assert.deepEqual(spans(`function a() {\n${inner}}\n`), [
      ['b', 2, 6, 5],
      ['a', 1, 7, 2],
    ]);
    assert.deepEqual(spans('function a() {\nc(() => {\n});\n}'), [
      ['(arrow)', 2, 3, 2],
      ['a', 1, 4, 4],
    ]);
  });
});
