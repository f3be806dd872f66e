import { describeError } from '../../lib/errors.ts';
import type { Context } from '../context.ts';
import { FAILURE_EXIT_CODE } from '../usage.ts';

/**
 * Does something to every object that the user named. One that fails is reported and does not keep the others
 * from their turn; the exit code tells that something failed.
 */
export async function forEachReference<Result>(
  context: Context,
  references: readonly string[],
  act: (reference: string) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const reference of references) {
    try {
      results.push(await act(reference));
    } catch (thrown) {
      if (references.length === 1) throw thrown;
      context.terminal.writeError(`Error: ${describeError(thrown)}\n`);
      context.exitWith(FAILURE_EXIT_CODE);
    }
  }
  return results;
}
