import { UsageError } from '../usage.ts';

/** Looks a Go-like field name up in plain data: case does not matter, `ID` finds `id`. */
function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const key = Object.keys(record).find((candidate) => candidate === name);
  if (key !== undefined) return record[key];
  return record[
    Object.keys(record).find((candidate) => candidate.toLowerCase() === name.toLowerCase()) ?? ''
  ];
}

function show(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function evaluate(template: string, expression: string, data: unknown): string {
  const match = /^(?:(json)\s+)?\.((?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)?)$/.exec(expression);
  if (match === null) {
    throw new UsageError(
      `the template "${template}" holds "{{${expression}}}", which is not supported`,
      'use {{.Field}}, {{.Field.Inner}} or {{json .Field}}',
    );
  }
  const path = match[2] ?? '';
  let value = data;
  for (const name of path === '' ? [] : path.split('.')) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const known = Object.keys(value);
      if (known.length > 0 && field(value, name) === undefined && value === data) {
        const hint = known.map((key) => `.${key}`).join(' ');
        throw new UsageError(
          `the template "${template}" names an unknown field ".${name}"`,
          `known are ${hint}`,
        );
      }
    }
    value = field(value, name);
  }
  return match[1] === 'json' ? (JSON.stringify(value) ?? 'null') : show(value);
}

/** Fills the `{{.Field}}` and `{{json .Field}}` places of a template; `\t` and `\n` are written out. */
export function renderTemplate(template: string, data: unknown): string {
  const spaced = template.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
  return spaced.replaceAll(/\{\{(.*?)\}\}/g, (_, expression: string) =>
    evaluate(template, expression.trim(), data),
  );
}
