import type { SourceFile } from './repository.ts';
import { offence, type Rule } from './rule.ts';

/** A page has one title. */
export const titleRule: Rule = (files) =>
  files
    .filter((file) => file.path.endsWith('.md'))
    .flatMap((file) => {
      const titles = headingsOf(file).filter(({ level }) => level === 1);
      return titles.length === 1
        ? []
        : [offence(file, titles[1]?.line ?? 1, `${titles.length} titles ("# …"), one is right`)];
    });

/** Every code of the list has a section "## CODE" with some text, and no section has another code. */
export function errorPageOffences(codes: readonly string[], page: SourceFile): readonly string[] {
  const sections = headingsOf(page).filter(({ level }) => level === 2);
  const offences = codes
    .filter((code) => !sections.some(({ text }) => text === code))
    .map((code) => offence(page, 1, `${code} is not explained`));
  for (const [place, { text, line }] of sections.entries()) {
    if (!codes.includes(text)) offences.push(offence(page, line, `${text} is no error code`));
    const end = (sections[place + 1]?.line ?? page.lines.length + 1) - 1;
    if (page.lines.slice(line, end).join('').trim() === '') {
      offences.push(offence(page, line, `${text} has no explanation`));
    }
    if (sections.findIndex((other) => other.text === text) !== place) {
      offences.push(offence(page, line, `${text} is explained twice`));
    }
  }
  return offences;
}

// Put together here, so that this file keeps its own rule.
const MACHINE_PATH = new RegExp(`(?:^|[\\s'"\`(=:,])/(?:${['work', 'root'].join('|')})/`);

/** No path of a machine that the code was written on. */
export const machinePathRule: Rule = (files) =>
  files.flatMap((file) =>
    file.lines.flatMap((text, place) =>
      MACHINE_PATH.test(text) ? [offence(file, place + 1, 'names a folder of one particular machine')] : [],
    ),
  );

interface Heading {
  readonly level: number;
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** The headings of a page, without what is inside code fences. */
function headingsOf(page: SourceFile): readonly Heading[] {
  const headings: Heading[] = [];
  let fence: string | undefined;
  for (const [place, text] of page.lines.entries()) {
    const mark = /^\s*(`{3,}|~{3,})/.exec(text)?.[1];
    if (mark !== undefined) {
      if (fence === undefined) fence = mark;
      else if (mark.startsWith(fence)) fence = undefined;
      continue;
    }
    const heading = fence === undefined ? /^(#{1,6})\s+(.*?)\s*$/.exec(text) : null;
    if (heading !== null) {
      headings.push({ level: heading[1]?.length ?? 0, text: heading[2] ?? '', line: place + 1 });
    }
  }
  return headings;
}
