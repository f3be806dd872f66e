const ADJECTIVES = (
  'amber ample brave bright brisk calm candid clever cosy crisp dapper eager early fair fond frank gentle glad golden ' +
  'grand happy hardy honest humble jolly keen kind lively loyal lucid mellow merry mild modest neat nimble noble patient ' +
  'placid polite proud quick quiet rapid ready robust rosy sage serene shy silent silver smart snug sober solid spry ' +
  'steady stout sunny swift tidy tranquil trim true vivid warm wise witty zesty'
).split(' ');
const NOUNS = (
  'acorn alder apiary apple aster badger balm basil bee beech birch bloom bramble breeze brook cedar cherry clover comb ' +
  'crocus daisy dew drone elder elm fern field finch flax forest garden grove hazel heath heather hedge hive honey ivy ' +
  'lark laurel lavender lilac linden maple marigold meadow mint moss nectar nettle oak olive orchard pine pollen poppy ' +
  'queen quince reed robin rose rowan sage sorrel sparrow spring spruce straw swarm swallow thicket thistle thyme tulip ' +
  'violet walnut warren wax willow worker wren yarrow'
).split(' ');
/** Names without a number are tried so often before one is put behind. */
const PLAIN_TRIES = 6;
const NUMBERS = 10_000;

function pick(words: readonly string[], fraction: number): string {
  return words[Math.floor(fraction * words.length)] ?? words[0] ?? '';
}

/** A name that nobody has: `merry_clover`, or with a number behind it when those are taken. */
export function makeUpName(fraction: () => number, isTaken: (name: string) => boolean): string {
  let name = '';
  for (let attempt = 0; attempt < PLAIN_TRIES; attempt++) {
    name = `${pick(ADJECTIVES, fraction())}_${pick(NOUNS, fraction())}`;
    if (!isTaken(name)) return name;
  }
  let number = Math.floor(fraction() * NUMBERS);
  while (isTaken(`${name}${number}`)) number++;
  return `${name}${number}`;
}
