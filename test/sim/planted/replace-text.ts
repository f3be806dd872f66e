// Hooks for the loading of modules: see module.register of Node. They run in a thread of their own.
import type { LoadHook } from 'node:module';
import type { Replacement } from './bugs.ts';

let replacements: readonly Replacement[] = [];

/** Takes what `register` is given as data. */
export function initialize(data: readonly Replacement[]): void {
  replacements = data;
}

/** Gives a module with all its replacements made; throws when one of the texts does not stand there exactly once. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  const own = replacements.filter(({ module }) => url.replace(/\.[jt]s$/, '').endsWith(module));
  if (own.length === 0) return loaded;
  let text = Buffer.from(loaded.source as Uint8Array).toString();
  for (const { from, to, module } of own) {
    if (text.split(from).length !== 2) throw new Error(`${module} does not hold once: ${from}`);
    text = text.replace(from, () => to);
  }
  return { ...loaded, source: text };
};
