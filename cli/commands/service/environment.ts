import { UsageError } from '../../usage.ts';

/** What a command line refers to outside itself, read before it is parsed. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Contents of the files named by `--env-file` and `--security-opt seccomp=`, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** `KEY=value` as it is; `KEY` alone takes the value of the caller's environment, or sets nothing. */
function completeLine(line: string, surroundings: Surroundings): readonly string[] {
  if (line.includes('=')) return [line];
  const value = surroundings.environment[line];
  return value === undefined ? [] : [`${line}=${value}`];
}

function linesOfFile(name: string, content: string): readonly string[] {
  return content.split('\n').flatMap((line, index) => {
    const trimmed = line.replace(/\r$/, '').trimStart();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const key = trimmed.split('=', 1)[0] ?? '';
    if (key === '' || /\s/.test(key)) {
      throw new UsageError(`line ${index + 1} of ${name} is not of the form KEY=value`);
    }
    return [trimmed];
  });
}

/** Replaces the lines of `existing` whose keys `added` sets again; order is kept, new keys go last. */
export function mergeEnvironment(existing: readonly string[], added: readonly string[]): readonly string[] {
  const merged = new Map<string, string>();
  for (const line of [...existing, ...added]) merged.set(line.split('=', 1)[0] ?? '', line);
  return [...merged.values()];
}

/** The environment that `--env-file` and `--env` ask for; later lines win, single flags win over files. */
export function readEnvironment(
  fileNames: readonly string[],
  lines: readonly string[],
  surroundings: Surroundings,
): readonly string[] {
  const fromFiles = fileNames.flatMap((name) => linesOfFile(name, surroundings.files[name] ?? ''));
  for (const line of lines) {
    if (line.startsWith('=') || line === '')
      throw new UsageError(`invalid environment variable "${line}"`, 'use KEY=value');
  }
  return mergeEnvironment(
    [],
    [...fromFiles, ...lines].flatMap((line) => completeLine(line, surroundings)),
  );
}
