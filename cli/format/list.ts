import { UsageError } from '../usage.ts';
import { formatTable } from './table.ts';
import { renderTemplate } from './template.ts';

/** One column of a list: its heading, and its name in templates. */
export interface Column<Row> {
  readonly title: string;
  readonly field: string;
  readonly cell: (row: Row) => string;
}

export interface ListChoices {
  readonly quiet?: boolean | undefined;
  readonly format?: string | undefined;
}

/**
 * A list as the user asked for it: a table, ids only (`-q`), one line of JSON per row (`--format json`), a
 * template, or a template under a heading (`table {{.ID}}\t{{.Name}}`).
 */
export function formatList<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  choices: ListChoices,
  idOf: (row: Row) => string,
): string {
  if (choices.quiet === true) return rows.map((row) => `${idOf(row)}\n`).join('');
  const { format } = choices;
  const fields = (row: Row) => Object.fromEntries(columns.map(({ field, cell }) => [field, cell(row)]));
  if (format === undefined || format === 'table') {
    return formatTable(
      columns.map(({ title }) => title),
      rows.map((row) => columns.map(({ cell }) => cell(row))),
    );
  }
  if (format === 'json') return rows.map((row) => `${JSON.stringify(fields(row))}\n`).join('');
  if (format.startsWith('table ')) {
    const template = format.slice('table '.length);
    const titles = Object.fromEntries(columns.map(({ field, title }) => [field, title]));
    const split = (data: unknown) => renderTemplate(template, data).split('\t');
    return formatTable(split(titles), rows.map(fields).map(split));
  }
  return rows.map((row) => `${renderTemplate(format, fields(row))}\n`).join('');
}

/** Objects as JSON, or each through a template. */
export function formatInspection(objects: readonly unknown[], format: string | undefined): string {
  if (format === undefined) return `${JSON.stringify(objects, undefined, 4)}\n`;
  const template = format === 'json' ? '{{json .}}' : format;
  return objects.map((object) => `${renderTemplate(template, object)}\n`).join('');
}

/** What a filter keeps: a test of a row by the filter's value. */
export type FilterTests<Row> = Readonly<Record<string, (row: Row, value: string) => boolean>>;

/**
 * Keeps the rows that match `key=value` filters: values of one key are alternatives, keys must all match, as
 * in Docker. Throws UsageError on a key that the list does not know.
 */
export function filterRows<Row>(
  rows: readonly Row[],
  filters: readonly string[],
  tests: FilterTests<Row>,
): readonly Row[] {
  const wanted = new Map<string, string[]>();
  for (const filter of filters) {
    const equals = filter.indexOf('=');
    const key = equals < 0 ? filter : filter.slice(0, equals);
    if (equals < 0 || tests[key] === undefined) {
      throw new UsageError(`invalid filter "${filter}"`, `use ${Object.keys(tests).join('=, ')}=`);
    }
    wanted.set(key, [...(wanted.get(key) ?? []), filter.slice(equals + 1)]);
  }
  return rows.filter((row) =>
    [...wanted].every(([key, values]) => values.some((value) => tests[key]?.(row, value) === true)),
  );
}

/** True when the labels hold `key`, or `key=value`. */
export function matchesLabel(labels: Readonly<Record<string, string>>, filter: string): boolean {
  const equals = filter.indexOf('=');
  return equals < 0 ? filter in labels : labels[filter.slice(0, equals)] === filter.slice(equals + 1);
}
