/** Offsets of the pages that hold rows `first` to `last`, the page of row 0 always among them: it says how many rows there are. */
export function pagesFor(first: number, last: number, size: number): number[] {
  const offsets = [0];
  const from = Math.max(0, Math.floor(first / size));
  for (let page = from; page <= Math.floor(Math.max(first, last) / size); page++) if (page > 0) offsets.push(page * size);
  return offsets;
}
