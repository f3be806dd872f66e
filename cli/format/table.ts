const MIN_CELL_WIDTH = 10;
const CELL_PADDING = 3;

/** Rows under a header in columns as wide as their widest cell, in the manner of Docker's lists. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(MIN_CELL_WIDTH, ...lines.map((line) => (line[column] ?? '').length + CELL_PADDING)),
  );
  return lines
    .map((line) =>
      header
        .map((_, column) => {
          const cell = (line[column] ?? '').replaceAll(/\s*\n\s*/g, ' ');
          return column === header.length - 1 ? cell : cell.padEnd(widths[column] ?? 0);
        })
        .join(''),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** Cuts a text to `length` characters, the last of them an ellipsis when something was cut. */
export function ellipsis(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;
}

const SHORT_ID_LENGTH = 12;

/** The first characters of an id, without the name of its hash. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, SHORT_ID_LENGTH);
}
