import type { ElementName, MeshElements, MeshPlan } from './mesh-plan.ts';
import { ELEMENT_NAMES, emptyElements } from './mesh-plan.ts';
import { meshChains, meshRevision, REVISION_SET } from './mesh-ruleset.ts';

/**
 * What is in the kernel, out of `nft -j list table`. Null when the table's rules are not those of the plan: another
 * revision, or a chain with more or fewer rules; then only building it anew helps.
 */
export function readListing(json: string, plan: MeshPlan): MeshElements | null {
  const objects = listedObjects(json);
  if (objects === null) return null;
  const elements = emptyElements();
  const ruleCounts = new Map<string, number>();
  const hooked = new Set<string>();
  const found = new Set<string>();
  let revision = '';
  for (const object of objects) {
    const rule = record(object.rule);
    if (rule !== null) ruleCounts.set(String(rule.chain), (ruleCounts.get(String(rule.chain)) ?? 0) + 1);
    const chain = record(object.chain);
    if (chain !== null && chain.hook !== undefined && chain.policy === 'accept')
      hooked.add(String(chain.name));
    const set = record(object.set) ?? record(object.map);
    if (set === null) continue;
    const name = String(set.name);
    if (name === REVISION_SET) revision = formatValue(array(set.elem)[0]);
    if (!isElementName(name)) continue;
    found.add(name);
    for (const element of array(set.elem)) addElement(elements[name], element);
  }
  if (revision !== meshRevision(plan) || found.size !== ELEMENT_NAMES.length) return null;
  for (const [name, chain] of meshChains(plan)) {
    if ((ruleCounts.get(name) ?? 0) !== chain.rules.length) return null;
    if (hooked.has(name) !== (chain.hook !== '')) return null;
  }
  return elements;
}

function listedObjects(json: string): readonly Readonly<Record<string, unknown>>[] | null {
  try {
    const listing = record(JSON.parse(json));
    return listing === null
      ? null
      : array(listing.nftables).flatMap((object) => {
          const found = record(object);
          return found === null ? [] : [found];
        });
  } catch {
    return null;
  }
}

function isElementName(name: string): name is ElementName {
  return (ELEMENT_NAMES as readonly string[]).includes(name);
}

/** A map's element is a pair of key and value; a set's is the key alone. */
function addElement(elements: Map<string, string>, element: unknown): void {
  if (Array.isArray(element)) elements.set(formatValue(element[0]), formatValue(element[1]));
  else elements.set(formatValue(element), '');
}

/** Writes a JSON value as the plan writes it: `10.0.1.2 . 0`, `10.0.0.0/24`, `goto vip_3`. */
function formatValue(value: unknown): string {
  const object = record(value);
  if (object === null) return String(value);
  const prefix = record(object.prefix);
  if (prefix !== null) return `${String(prefix.addr)}/${String(prefix.len)}`;
  const verdict = record(object.goto);
  if (verdict !== null) return `goto ${String(verdict.target)}`;
  if (object.elem !== undefined) return formatValue(record(object.elem)?.val);
  return array(object.concat).map(formatValue).join(' . ');
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
