import { importsOf } from './imports.ts';
import { offence, type Rule, typescriptOf } from './rule.ts';

/** Folders below manager/ that hold more than the store and their own files may be told. */
const MANAGER_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  // The root of manager/ puts the parts together.
  '': ['manager/'],
  store: ['manager/store/'],
  raft: ['manager/raft/', 'manager/store/'],
  // Translates to the same control interface that the API serves.
  'docker-api': ['manager/docker-api/', 'manager/api/', 'manager/store/'],
};

const SHARED = ['lib/', 'proto/'];

/** Files of folders that are not listed (test, bench) may import anything. */
function allowedImports(filePath: string): readonly string[] | undefined {
  const [top = '', second = '', ...rest] = filePath.split('/');
  switch (top) {
    case 'lib':
      return ['lib/'];
    case 'proto':
      return SHARED;
    case 'agent':
      return [...SHARED, 'agent/'];
    case 'runtime':
      return ['lib/', 'agent/executor/', 'runtime/'];
    case 'cli':
      return [...SHARED, 'cli/'];
    case 'daemon':
      return [...SHARED, 'agent/', 'manager/', 'daemon/'];
    case 'manager': {
      const part = rest.length === 0 ? '' : second;
      return [...SHARED, ...(MANAGER_IMPORTS[part] ?? [`manager/${part}/`, 'manager/store/'])];
    }
    default:
      return undefined;
  }
}

/** Imports point the way that the architecture allows, and never at the build or outside the repository. */
export const arrowRule: Rule = (files) =>
  typescriptOf(files).flatMap((file) => {
    const allowed = allowedImports(file.path);
    return importsOf(file).flatMap(({ target, line, specifier }) => {
      if (target === undefined) return [];
      if (target.startsWith('../'))
        return [offence(file, line, `imports ${specifier} outside the repository`)];
      if (allowed === undefined || allowed.some((prefix) => target.startsWith(prefix))) return [];
      return [offence(file, line, `may not import ${target}`)];
    });
  });

/** No file imports itself by way of others, types included. */
export const cycleRule: Rule = (files) => {
  const sources = typescriptOf(files);
  const targets = new Map(
    sources.map((file) => [
      file.path,
      importsOf(file).flatMap(({ target }) => (target === undefined ? [] : [target])),
    ]),
  );
  const offences: string[] = [];
  const finished = new Set<string>();
  const visit = (filePath: string, trail: readonly string[]): void => {
    const start = trail.indexOf(filePath);
    if (start >= 0) {
      offences.push(`${filePath}:1: imports itself: ${[...trail.slice(start), filePath].join(' → ')}`);
      return;
    }
    if (finished.has(filePath)) return;
    for (const target of targets.get(filePath) ?? []) visit(target, [...trail, filePath]);
    finished.add(filePath);
  };
  for (const file of sources) visit(file.path, []);
  return offences;
};
