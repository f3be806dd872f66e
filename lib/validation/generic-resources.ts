import type { GenericResources } from '../domain/service.ts';
import { isGenericWord, MAX_GENERIC_RESOURCES } from '../generic-resource.ts';
import { invalid, quote, requireInteger } from './rule.ts';

/** Checks what a task reserves: kinds and counts, as in Docker never by name. Throws INVALID_ARGUMENT. */
export function validateGenericReservation(subject: string, { items }: GenericResources): void {
  if (items.length > MAX_GENERIC_RESOURCES) {
    throw invalid(
      subject,
      `${items.length} generic resources, more than the ${MAX_GENERIC_RESOURCES} allowed`,
    );
  }
  const kinds = new Set<string>();
  for (const { kind, name, count } of items) {
    if (!isGenericWord(kind)) throw invalid(subject, `generic resource ${quote(kind)} has no proper name`);
    if (name !== undefined) {
      throw invalid(
        subject,
        `generic resource ${quote(`${kind}=${name}`)}: a service says how many, not which`,
        `for example: ${kind}=1`,
      );
    }
    if (kinds.has(kind)) throw invalid(subject, `generic resource ${quote(kind)} is given twice`);
    kinds.add(kind);
    requireInteger(subject, `generic resource ${quote(kind)}`, count, { least: 1, most: 1_000_000_000 });
  }
}
