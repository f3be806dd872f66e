import type { ChangeKind, MemberChange } from '../../../../../manager/raft/core/confchange/change.ts';

const KIND_OF_LETTER: Readonly<Record<string, ChangeKind>> = {
  v: 'add-voter',
  l: 'add-learner',
  r: 'remove',
  u: 'update',
};

/** `v1 l2 r3 u4`: add a voter, add a learner, remove, update. */
export function parseChanges(text: string): readonly MemberChange[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return words.map((word) => {
    const kind = KIND_OF_LETTER[word.charAt(0)];
    const memberId = Number(word.slice(1));
    if (kind === undefined || !Number.isSafeInteger(memberId)) throw new Error(`unknown change: ${word}`);
    return { kind, memberId };
  });
}

/** The inverse of `parseChanges`. */
export function describeChanges(changes: readonly MemberChange[]): string {
  const letterOf = ({ kind }: MemberChange): string =>
    Object.entries(KIND_OF_LETTER).find(([, other]) => other === kind)?.[0] ?? '?';
  return changes.map((change) => `${letterOf(change)}${change.memberId}`).join(' ');
}
