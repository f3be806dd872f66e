import type { NodeSpec } from '../domain/node.ts';
import { requireLabels } from './name.ts';
import { requireOneOf } from './rule.ts';

/** Checks what an operator asks of a node. Throws INVALID_ARGUMENT with one line that starts with `subject`. */
export function validateNodeSpec(spec: NodeSpec, subject = 'node'): void {
  requireOneOf(subject, 'role', spec.role, ['worker', 'manager']);
  requireOneOf(subject, 'availability', spec.availability, ['active', 'pause', 'drain']);
  requireLabels(subject, 'labels', spec.labels);
}
