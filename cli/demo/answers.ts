/** What hello-web says of itself in one answer. */
export interface Answer {
  readonly task: string;
  readonly node: string;
  readonly client: string;
  readonly version: string;
}

/** Reads `task=… node=… client=… version=…`; undefined when the text is not such an answer. */
export function parseAnswer(text: string): Answer | undefined {
  const fields = new Map(
    text
      .trim()
      .split(' ')
      .map((part) => {
        const equals = part.indexOf('=');
        return [part.slice(0, equals), part.slice(equals + 1)] as const;
      }),
  );
  const [task, node, client, version] = ['task', 'node', 'client', 'version'].map((key) => fields.get(key));
  if (task === undefined || node === undefined || client === undefined || version === undefined)
    return undefined;
  return { task, node, client, version };
}

/** What became of the requests of one run. */
export interface LoadSummary {
  readonly requests: number;
  readonly failures: number;
  /** How often each reason occurred. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Answers by task, node, client address and version. */
  readonly tasks: Readonly<Record<string, number>>;
  readonly nodes: Readonly<Record<string, number>>;
  readonly clients: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, number>>;
  readonly medianMs: number;
  readonly slowestMs: number;
}

/** One request's end. */
export type RequestResult =
  | { readonly kind: 'answered'; readonly answer: Answer; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly reason: string };

function countBy(values: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** Sums the results of a run up. */
export function summarize(results: readonly RequestResult[]): LoadSummary {
  const answers = results.flatMap((result) => (result.kind === 'answered' ? [result.answer] : []));
  const reasons = results.flatMap((result) => (result.kind === 'failed' ? [result.reason] : []));
  const durations = results
    .flatMap((result) => (result.kind === 'answered' ? [result.durationMs] : []))
    .sort((left, right) => left - right);
  return {
    requests: results.length,
    failures: reasons.length,
    reasons: countBy(reasons),
    tasks: countBy(answers.map(({ task }) => task)),
    nodes: countBy(answers.map(({ node }) => node)),
    clients: countBy(answers.map(({ client }) => client)),
    versions: countBy(answers.map(({ version }) => version)),
    medianMs: durations[Math.floor(durations.length / 2)] ?? 0,
    slowestMs: durations.at(-1) ?? 0,
  };
}
