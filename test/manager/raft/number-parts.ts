const NUMBERS_PER_PART = 7;

/** A list of numbers as the parts of a snapshot: of what it is now, however late they are read. */
export function numberParts(numbers: readonly number[]): Iterable<Uint8Array> {
  const taken = [...numbers];
  return (function* () {
    for (let at = 0; at < taken.length; at += NUMBERS_PER_PART) {
      yield new Uint8Array(Buffer.from(JSON.stringify(taken.slice(at, at + NUMBERS_PER_PART))));
    }
  })();
}

/** The numbers of one part. */
export function numbersOfPart(part: Uint8Array): readonly number[] {
  return JSON.parse(Buffer.from(part).toString()) as number[];
}
