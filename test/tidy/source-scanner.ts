/** One piece of a TypeScript source. White space is left out. */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'template' | 'regex' | 'comment' | 'punctuation';
  /** As written; of a template, each stretch between its `${…}` is a token of its own. */
  readonly text: string;
  /** Of its first and last character, from 1. */
  readonly line: number;
  readonly lastLine: number;
}

const WORD = /[\p{ID_Start}$_#@][\p{ID_Continue}$]*/uy;
const NUMBER = /(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?|\.\d[\d_]*)n?/y;
const STRING = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const TEMPLATE_PART = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y;
const PUNCTUATION = /=>|\.\.\.|\?\.|\?\?=?|===?|!==?|[\s\S]/y;
const SPACE = /\s+/y;

/** After these words a slash begins a regular expression, after any other word it divides. */
const WORDS_BEFORE_EXPRESSION = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'throw',
  'new',
  'else',
  'do',
  'await',
  'yield',
  'instanceof',
]);

/**
 * Cuts a TypeScript source into tokens, well enough to tell code from comments, strings, templates and regular
 * expressions. It knows no grammar, so it takes any text and never fails.
 */
export function scanSource(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  let line = 1;
  /** For each template that is open, how many braces are open inside its present `${`. */
  const templateDepths: number[] = [];
  let previous: Token | undefined;

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = offset;
    return pattern.exec(source)?.[0];
  };
  const take = (kind: Token['kind'], text: string): void => {
    const token = { kind, text, line, lastLine: line + newlinesIn(text) };
    tokens.push(token);
    if (kind !== 'comment') previous = token;
    offset += text.length;
    line = token.lastLine;
  };
  const takeTemplatePart = (opening: string): void => {
    offset += opening.length;
    const body = match(TEMPLATE_PART) ?? '';
    offset -= opening.length;
    const rest = source.slice(offset + opening.length + body.length);
    const closing = rest.startsWith('${') ? '${' : rest.slice(0, 1);
    take('template', opening + body + closing);
    if (closing === '${') templateDepths.push(0);
  };

  while (offset < source.length) {
    const space = match(SPACE);
    if (space !== undefined) {
      line += newlinesIn(space);
      offset += space.length;
      continue;
    }
    const depth = templateDepths.at(-1);
    const character = source[offset];
    if (character === '`') takeTemplatePart('`');
    else if (character === '}' && depth === 0) {
      templateDepths.pop();
      takeTemplatePart('}');
    } else {
      const [kind, text] = nextToken(match, previous);
      take(kind, text);
      if (depth !== undefined && text === '{') templateDepths[templateDepths.length - 1] = depth + 1;
      if (depth !== undefined && text === '}') templateDepths[templateDepths.length - 1] = depth - 1;
    }
  }
  return tokens;
}

/** The tokens without comments. */
export function codeOf(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter((token) => token.kind !== 'comment');
}

function nextToken(
  match: (pattern: RegExp) => string | undefined,
  previous: Token | undefined,
): readonly [Token['kind'], string] {
  const comment = match(COMMENT);
  if (comment !== undefined) return ['comment', comment];
  const string = match(STRING);
  if (string !== undefined) return ['string', string];
  const word = match(WORD);
  if (word !== undefined) return ['word', word];
  const number = match(NUMBER);
  if (number !== undefined) return ['number', number];
  const regex = beginsExpression(previous) ? match(REGEX) : undefined;
  if (regex !== undefined) return ['regex', regex];
  return ['punctuation', match(PUNCTUATION) ?? ' '];
}

/** Whether an operand, not an operator, comes after this token. */
function beginsExpression(previous: Token | undefined): boolean {
  if (previous === undefined) return true;
  if (previous.kind === 'word') return WORDS_BEFORE_EXPRESSION.has(previous.text);
  if (previous.kind === 'template') return previous.text.endsWith('${');
  return previous.kind === 'punctuation' && ![')', ']', '}'].includes(previous.text);
}

function newlinesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
