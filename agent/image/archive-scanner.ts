import { SkepError } from '../../lib/errors.ts';
import { parsePaxRecords, parseTarHeader, TAR_BLOCK_BYTES, type TarHeader } from './tar-header.ts';

/** Where a member of an image archive lies. Links are followed in this index only, never on a disk. */
export type ArchiveMember =
  | { readonly kind: 'file'; readonly offset: number; readonly sizeBytes: number }
  | { readonly kind: 'link'; readonly target: string };

export interface ArchiveScanner {
  /** Takes the next bytes of the tar. INVALID_ARGUMENT as soon as they cannot be one. */
  push(chunk: Uint8Array): void;
  /** The members by cleaned name. INVALID_ARGUMENT when the tar is not complete. */
  finish(): ReadonlyMap<string, ArchiveMember>;
}

/** An archive of images has some members per layer. */
const MAX_MEMBERS = 100_000;
const MAX_EXTENSION_BYTES = 1 << 20;
const MAX_LINKS_FOLLOWED = 8;

function refuse(reason: string): never {
  throw new SkepError('INVALID_ARGUMENT', reason);
}

/** Cleans a member's name to `a/b`; null for a name that climbs out of the archive or is absolute. */
export function cleanMemberName(name: string): string | null {
  if (name.startsWith('/')) return null;
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Follows links between members. Null when there is no such file. */
export function findMember(
  members: ReadonlyMap<string, ArchiveMember>,
  name: string,
): Extract<ArchiveMember, { kind: 'file' }> | null {
  let current = cleanMemberName(name);
  for (let step = 0; step < MAX_LINKS_FOLLOWED && current !== null; step++) {
    const member = members.get(current);
    if (member === undefined) return null;
    if (member.kind === 'file') return member;
    current = member.target;
  }
  return null;
}

function safeSize(text: string): number {
  const size = Number(text);
  return /^[0-9]+$/.test(text) && Number.isSafeInteger(size) ? size : refuse('a PAX size is malformed');
}

interface Extension {
  name: string | null;
  linkName: string | null;
  sizeBytes: number | null;
}

function readExtension(type: string, bytes: Uint8Array, said: Extension): Extension {
  const text = (): string => new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
  if (type === 'L') return { ...said, name: said.name ?? text() };
  if (type === 'K') return { ...said, linkName: said.linkName ?? text() };
  if (type === 'g') return said;
  const records = parsePaxRecords(bytes);
  const size = records.get('size');
  return {
    name: records.get('path') ?? said.name,
    linkName: records.get('linkpath') ?? said.linkName,
    sizeBytes: size === undefined ? said.sizeBytes : safeSize(size),
  };
}

/** The member that a header describes, with its cleaned name; null for what an image archive has no use for. */
function describeMember(
  header: TarHeader,
  said: Extension,
  offset: number,
): readonly [string, ArchiveMember] | null {
  const raw = said.name ?? header.name;
  const name = cleanMemberName(raw);
  if (name === null) refuse(`archive member ${JSON.stringify(raw.slice(0, 200))} would leave the archive`);
  const linkName = said.linkName ?? header.linkName;
  switch (header.type) {
    case '0':
    case '7':
      return [name, { kind: 'file', offset, sizeBytes: said.sizeBytes ?? header.sizeBytes }];
    case '1':
    case '2': {
      // A symbolic link is relative to its own folder, a hard link to the archive.
      const base = header.type === '2' && name.includes('/') ? name.slice(0, name.lastIndexOf('/') + 1) : '';
      const target = cleanMemberName(linkName.startsWith('/') ? linkName : base + linkName);
      if (target === null)
        refuse(`archive member ${JSON.stringify(name.slice(0, 200))} links out of the archive`);
      return [name, { kind: 'link', target }];
    }
    case '5':
      return null;
    default:
      return refuse(`archive member ${JSON.stringify(name.slice(0, 200))} is neither file, folder nor link`);
  }
}

/** What the scanner is in the midst of. */
interface ScanState {
  readonly members: Map<string, ArchiveMember>;
  readonly block: Uint8Array;
  blockFill: number;
  /** Bytes taken so far. */
  offset: number;
  /** Bytes to pass over before the next header. */
  skip: number;
  said: Extension;
  extension: { readonly type: string; readonly bytes: Uint8Array; fill: number } | null;
  ended: boolean;
}

const NOTHING_SAID: Extension = { name: null, linkName: null, sizeBytes: null };

function endExtension(state: ScanState, type: string, bytes: Uint8Array): void {
  state.said = readExtension(type, bytes, state.said);
  state.skip = (TAR_BLOCK_BYTES - (bytes.length % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;
  state.extension = null;
}

function takeHeader(state: ScanState): void {
  const header = parseTarHeader(state.block);
  if (header === null) {
    state.ended = true;
    return;
  }
  if ('xgLK'.includes(header.type)) {
    if (header.sizeBytes > MAX_EXTENSION_BYTES) refuse('an extended tar header is too large');
    if (header.sizeBytes === 0) return;
    state.extension = { type: header.type, bytes: new Uint8Array(header.sizeBytes), fill: 0 };
    return;
  }
  const described = describeMember(header, state.said, state.offset);
  state.said = NOTHING_SAID;
  if (described === null) return;
  const [name, member] = described;
  state.members.set(name, member);
  if (state.members.size > MAX_MEMBERS) refuse(`the archive has more than ${MAX_MEMBERS} members`);
  if (member.kind === 'file') state.skip = Math.ceil(member.sizeBytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
}

/** Takes what the present state wants from `rest`; returns how many bytes that was. */
function takeSome(state: ScanState, rest: Uint8Array): number {
  if (state.ended) return rest.length;
  const { extension } = state;
  let count: number;
  if (extension !== null) {
    count = Math.min(extension.bytes.length - extension.fill, rest.length);
    extension.bytes.set(rest.subarray(0, count), extension.fill);
    extension.fill += count;
    state.offset += count;
    if (extension.fill === extension.bytes.length) endExtension(state, extension.type, extension.bytes);
  } else if (state.skip > 0) {
    count = Math.min(state.skip, rest.length);
    state.skip -= count;
    state.offset += count;
  } else {
    count = Math.min(TAR_BLOCK_BYTES - state.blockFill, rest.length);
    state.block.set(rest.subarray(0, count), state.blockFill);
    state.blockFill = (state.blockFill + count) % TAR_BLOCK_BYTES;
    state.offset += count;
    if (state.blockFill === 0) takeHeader(state);
  }
  return count;
}

/** A reader that is fed a tar in any pieces and remembers where the members lie: bounded memory for any archive. */
export function createArchiveScanner(): ArchiveScanner {
  const state: ScanState = {
    members: new Map(),
    block: new Uint8Array(TAR_BLOCK_BYTES),
    blockFill: 0,
    offset: 0,
    skip: 0,
    said: NOTHING_SAID,
    extension: null,
    ended: false,
  };
  return {
    push: (chunk) => {
      for (let at = 0; at < chunk.length; ) at += takeSome(state, chunk.subarray(at));
    },
    finish: () => {
      if (state.offset === 0) refuse('the archive is empty');
      if (!state.ended) refuse(`the archive is truncated: it ends at byte ${state.offset}`);
      return state.members;
    },
  };
}
