/** For each token of two texts whether the other has it too, in the same order (longest common subsequence). */
export type ArmDiff = { readonly isInFirst: readonly boolean[]; readonly isInSecond: readonly boolean[] };

/** Above this many cells only the common beginning and end are compared. */
const mostCells = 4_000_000;

/**
 * @param before token texts of the arm without the edit
 * @param after token texts of the arm with it
 * @returns which tokens of `before` stayed, and which of `after` were there before
 */
export function diffArms(before: readonly string[], after: readonly string[]): ArmDiff {
  const start = commonStart(before, after);
  const end = commonEnd(before, after, start);
  const isInFirst = before.map((_, index) => index < start || index >= before.length - end);
  const isInSecond = after.map((_, index) => index < start || index >= after.length - end);
  const first = before.slice(start, before.length - end);
  const second = after.slice(start, after.length - end);
  if (first.length > 0 && second.length > 0 && first.length * second.length <= mostCells) {
    for (const [i, j] of commonPairs(first, second)) {
      isInFirst[start + i] = true;
      isInSecond[start + j] = true;
    }
  }
  return { isInFirst, isInSecond };
}

function commonStart(before: readonly string[], after: readonly string[]): number {
  let length = 0;
  while (length < before.length && length < after.length && before[length] === after[length]) length++;
  return length;
}

function commonEnd(before: readonly string[], after: readonly string[], start: number): number {
  let length = 0;
  while (
    length < before.length - start &&
    length < after.length - start &&
    before[before.length - 1 - length] === after[after.length - 1 - length]
  )
    length++;
  return length;
}

function commonPairs(first: readonly string[], second: readonly string[]): [number, number][] {
  const width = second.length + 1;
  const lengths = new Uint16Array((first.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = first.length - 1; i >= 0; i--) {
    for (let j = second.length - 1; j >= 0; j--) {
      lengths[i * width + j] = first[i] === second[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < first.length && j < second.length) {
    if (first[i] === second[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}
