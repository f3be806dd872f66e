import type { StoreView } from '../store/store.ts';
import { type AssignmentDelta, diffAssignments, NO_DELTA, reuseItems } from './assignment-diff.ts';
import { type AssignmentSet, networkItems } from './assignment-set.ts';

/** Deltas kept for the streams that all need the same one. */
const MAX_DELTAS_KEPT = 16;

/** The part of the assignments that is the same for every node, worked out once for all of them. */
export interface NetworkPictures {
  /** The picture at the store's present index; the same object until something in it changes. */
  at(view: StoreView): AssignmentSet;
  /** What leads from an earlier picture to the present one. */
  deltaFrom(previous: AssignmentSet): AssignmentDelta;
}

/** Keeps the present picture, and the ways to it that were asked for. */
export function createNetworkPictures(): NetworkPictures {
  let index = -1;
  let present: AssignmentSet = new Map();
  let deltas = new Map<AssignmentSet, AssignmentDelta>();
  return {
    at(view) {
      if (view.index === index) return present;
      const next = reuseItems(present, networkItems(view));
      index = view.index;
      if (next !== present) deltas = new Map();
      present = next;
      return present;
    },
    deltaFrom(previous) {
      if (previous === present) return NO_DELTA;
      const known = deltas.get(previous);
      if (known !== undefined) return known;
      const delta = diffAssignments(previous, present);
      if (deltas.size < MAX_DELTAS_KEPT) deltas.set(previous, delta);
      return delta;
    },
  };
}
