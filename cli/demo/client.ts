// Runs inside the playground's client host: sends requests to addresses of the cluster and sums up the answers.
// usage: client ADDRESS,ADDRESS… REQUESTS-PER-SECOND [COUNT]
// Ends after COUNT requests; without a count, when its standard input ends. Then prints the summary as JSON.
import { get } from 'node:http';

import { parseAnswer, type RequestResult, summarize } from './answers.ts';

/** A request that takes longer than this failed. */
const REQUEST_TIMEOUT_MS = 5_000;
/** With more than this many requests under way the cluster does not keep up; the next one fails unsent. */
const MAX_IN_FLIGHT = 200;
/** A run without a count ends at the latest after this many requests. */
const MAX_REQUESTS = 100_000;
const MAX_BODY_LENGTH = 4_096;

/** One request over a connection of its own. Never rejects. */
function request(address: string): Promise<RequestResult> {
  const startedAtMs = performance.now();
  return new Promise((resolve) => {
    const fail = (reason: string) => resolve({ kind: 'failed', reason: `${address}: ${reason}` });
    const deadline = setTimeout(() => {
      fail(`no answer within ${REQUEST_TIMEOUT_MS / 1_000} s`);
      call.destroy();
    }, REQUEST_TIMEOUT_MS);
    const call = get(`http://${address}/`, { agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        if (body.length < MAX_BODY_LENGTH) body += text;
      });
      response.on('error', (error) => fail(error.message));
      response.on('end', () => {
        const answer = parseAnswer(body);
        if (response.statusCode !== 200) fail(`status ${response.statusCode}`);
        else if (answer === undefined) fail(`unexpected answer "${body.slice(0, 80)}"`);
        else resolve({ kind: 'answered', answer, durationMs: performance.now() - startedAtMs });
      });
      response.on('close', () => clearTimeout(deadline));
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(deadline);
      fail(error.code ?? error.message);
    });
  });
}

async function run(
  addresses: readonly string[],
  perSecond: number,
  bound: number | undefined,
): Promise<void> {
  const count = bound ?? MAX_REQUESTS;
  const results: RequestResult[] = [];
  const underWay = new Set<Promise<void>>();
  let stopping = false;
  if (bound === undefined) {
    process.stdin.on('end', () => {
      stopping = true;
    });
    process.stdin.resume();
  }
  const startedAtMs = performance.now();
  for (let index = 0; index < count && !stopping; index++) {
    const address = addresses[index % addresses.length] ?? '';
    if (underWay.size >= MAX_IN_FLIGHT) {
      results.push({ kind: 'failed', reason: `more than ${MAX_IN_FLIGHT} requests under way` });
    } else {
      const sent = request(address).then((result) => {
        results.push(result);
        underWay.delete(sent);
      });
      underWay.add(sent);
    }
    // Counted from the start, so that a late timer does not lower the rate.
    const nextAtMs = startedAtMs + ((index + 1) * 1_000) / perSecond;
    const delayMs = nextAtMs - performance.now();
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
  await Promise.all(underWay);
  process.stdout.write(`${JSON.stringify(summarize(results))}\n`, () => process.exit(0));
}

const [addresses = '', perSecond = '', count] = process.argv.slice(2);
await run(addresses.split(','), Number(perSecond), count === undefined ? undefined : Number(count));
