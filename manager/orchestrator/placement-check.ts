import { type Constraint, nodeMatches, parseConstraint } from '../../lib/constraint.ts';
import type { Node } from '../../lib/domain/node.ts';

/** Returns the first constraint that the node does not satisfy, or undefined when all hold. */
export type PlacementCheck = (constraints: readonly string[], node: Node) => string | undefined;

interface Rule {
  /** Undefined when the text could not be parsed. */
  readonly constraint: Constraint | undefined;
  readonly verdicts: Map<Node, boolean>;
}

/**
 * A check that parses each constraint, and tries it on each node, once. A text that cannot be parsed, which the
 * API does not let in, holds on no node: one bad service must not stop the decisions for all others.
 */
export function createPlacementCheck(): PlacementCheck {
  const rules = new Map<string, Rule>();
  return (constraints, node) => constraints.find((text) => !holds(rules, text, node));
}

function holds(rules: Map<string, Rule>, text: string, node: Node): boolean {
  let rule = rules.get(text);
  if (rule === undefined) {
    rule = { constraint: tryParse(text), verdicts: new Map() };
    rules.set(text, rule);
  }
  let verdict = rule.verdicts.get(node);
  if (verdict === undefined) {
    verdict = rule.constraint !== undefined && nodeMatches([rule.constraint], node);
    rule.verdicts.set(node, verdict);
  }
  return verdict;
}

function tryParse(text: string): Constraint | undefined {
  try {
    return parseConstraint(text);
  } catch {
    return undefined;
  }
}
