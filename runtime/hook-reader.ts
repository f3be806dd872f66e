import { SkepError } from '../lib/errors.ts';
import type { BundleHook } from './bundle.ts';
import { readKnown, readList, readNumber, readText, readTexts } from './json-reader.ts';

/** Hooks of one kind, in order. INVALID_ARGUMENT. */
export function readHookList(where: string, value: unknown): readonly BundleHook[] {
  return readList(where, value).map((one, index) => {
    const place = `${where}[${index}]`;
    const hook = readKnown(place, one, ['path', 'args', 'env', 'timeout']);
    const path = readText(`${place}.path`, hook.path);
    if (!path.startsWith('/')) throw new SkepError('INVALID_ARGUMENT', `${place}.path must be absolute`);
    return {
      path,
      args: readTexts(`${place}.args`, hook.args),
      env: readTexts(`${place}.env`, hook.env),
      timeout: readNumber(`${place}.timeout`, hook.timeout),
    };
  });
}
