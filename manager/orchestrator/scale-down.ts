import { isRunning, type Slot } from './slots.ts';

interface RankedSlot {
  readonly slot: Slot;
  readonly number: number;
  readonly isRunning: boolean;
  /** This is the n-th copy of the service on its node; Infinity when the slot has no node. */
  readonly copyOnNode: number;
}

/**
 * Chooses `count` of the filled slots to give up: first those that sit on no node, then from the nodes with the
 * most replicas of the service, non-running ones first, then the highest slot (swarmkit
 * `orchestrator/replicated`, `slotsByRunningState` and `slotsByNode`).
 */
export function slotsToGiveUp(filled: readonly Slot[], count: number): readonly Slot[] {
  if (count <= 0) return [];
  return rankSlots(filled)
    .sort(
      (left, right) =>
        compareNumbers(right.copyOnNode, left.copyOnNode) ||
        Number(left.isRunning) - Number(right.isRunning) ||
        right.number - left.number,
    )
    .slice(0, count)
    .map((ranked) => ranked.slot);
}

function compareNumbers(left: number, right: number): number {
  return left === right ? 0 : left - right;
}

function rankSlots(filled: readonly Slot[]): RankedSlot[] {
  const copies = new Map<string, number>();
  return filled
    .map((slot) => ({ slot, number: Number(slot.key), isRunning: slot.wanted.some(isRunning) }))
    .sort((left, right) => Number(right.isRunning) - Number(left.isRunning) || left.number - right.number)
    .map((entry) => {
      const nodeId = (entry.slot.wanted.find(isRunning) ?? entry.slot.wanted.at(-1))?.nodeId ?? '';
      if (nodeId === '') return { ...entry, copyOnNode: Number.POSITIVE_INFINITY };
      const copyOnNode = (copies.get(nodeId) ?? 0) + 1;
      copies.set(nodeId, copyOnNode);
      return { ...entry, copyOnNode };
    });
}
