import { codeOf, type Token } from './source-scanner.ts';

export interface FunctionSpan {
  readonly name: string;
  readonly firstLine: number;
  readonly lastLine: number;
  /** Its lines without those of longer functions inside it. */
  readonly ownLines: number;
}

/** A function of so few lines inside another one is a part of it, not a function in its own right. */
const SHORT_LINES = 4;

const BLOCK_WORDS = new Set(['if', 'for', 'while', 'switch', 'catch', 'with', 'await']);
const TYPE_CONTINUES = new Set([
  ':',
  '|',
  '&',
  '<',
  ',',
  '=>',
  '(',
  '[',
  'is',
  'extends',
  'keyof',
  'readonly',
]);

interface OpenBrace {
  /** Undefined for a brace that opens no function body. */
  readonly functionName: string | undefined;
  readonly firstLine: number;
}

/** Every function with a body in braces, in the order in which they end. */
export function findFunctions(tokens: readonly Token[]): readonly FunctionSpan[] {
  const code = codeOf(tokens);
  const bodies = findBodies(code);
  const spans: Omit<FunctionSpan, 'ownLines'>[] = [];
  const open: OpenBrace[] = [];
  for (const [at, token] of code.entries()) {
    const isTemplate = token.kind === 'template';
    if (token.text === '{') {
      const body = bodies.get(at);
      open.push({ functionName: body?.name, firstLine: body?.line ?? token.line });
    } else if (token.text === '}' && !isTemplate) {
      const brace = open.pop();
      if (brace?.functionName === undefined) continue;
      spans.push({ name: brace.functionName, firstLine: brace.firstLine, lastLine: token.line });
    }
  }
  return spans.map((span) => ({ ...span, ownLines: ownLinesOf(span, spans) }));
}

function ownLinesOf(
  span: Omit<FunctionSpan, 'ownLines'>,
  all: readonly Omit<FunctionSpan, 'ownLines'>[],
): number {
  const inner = new Set<number>();
  for (const other of all) {
    const isInside =
      other !== span &&
      other.firstLine >= span.firstLine &&
      other.lastLine <= span.lastLine &&
      other.lastLine - other.firstLine < span.lastLine - span.firstLine;
    if (!isInside || other.lastLine - other.firstLine < SHORT_LINES) continue;
    for (let line = other.firstLine; line <= other.lastLine; line++) inner.add(line);
  }
  return span.lastLine - span.firstLine + 1 - inner.size;
}

/** Places of the braces that open function bodies, with the function's name and first line. */
function findBodies(code: readonly Token[]): ReadonlyMap<number, { name: string; line: number }> {
  const bodies = new Map<number, { name: string; line: number }>();
  const parentheses: number[] = [];
  for (const [at, token] of code.entries()) {
    if (token.kind !== 'punctuation') continue;
    if (token.text === '(') parentheses.push(at);
    if (token.text === '=>' && code[at + 1]?.text === '{') {
      bodies.set(at + 1, { name: arrowName(code, at), line: token.line });
    }
    if (token.text !== ')') continue;
    const opening = parentheses.pop();
    if (opening === undefined) continue;
    const before = code[opening - 1];
    if (before?.kind !== 'word' || BLOCK_WORDS.has(before.text)) {
      // Generic parameters stand between a name and its parenthesis.
      if (before?.text !== '>') continue;
    }
    const body = bodyAfter(code, at + 1);
    if (body !== undefined && !bodies.has(body)) {
      bodies.set(body, { name: before.text, line: before.line });
    }
  }
  return bodies;
}

/** The name that an arrow function is given: the last `name =` or `name:` before it on its line. */
function arrowName(code: readonly Token[], arrow: number): string {
  const line = code[arrow]?.line;
  for (let at = arrow - 1; at > 0 && (code[at]?.line ?? 0) >= (line ?? 0) - 3; at--) {
    const isAssigned = code[at]?.text === '=' && code[at - 1]?.kind === 'word';
    if (isAssigned) return code[at - 1]?.text ?? '(arrow)';
  }
  return '(arrow)';
}

/** Where the body begins after a parameter list, past a return type; undefined when there is none. */
function bodyAfter(code: readonly Token[], start: number): number | undefined {
  if (code[start]?.text === '{') return start;
  if (code[start]?.text !== ':') return undefined;
  let depth = 0;
  for (let at = start; at < code.length; at++) {
    const text = code[at]?.text ?? '';
    if (text === ';' || text === '=' || (depth === 0 && at > start && (text === ',' || text === '?'))) {
      return undefined;
    }
    if (text === '{') {
      if (depth === 0 && !TYPE_CONTINUES.has(code[at - 1]?.text ?? '')) return at;
      depth++;
    }
    if (text === '(' || text === '[' || text === '<') depth++;
    if (text === ')' || text === ']' || text === '>' || text === '}') depth--;
    if (depth < 0) return undefined;
  }
  return undefined;
}
