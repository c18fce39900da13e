/** A token with its space takes about so much of a line, CSS pixels. */
const tokenWidth = 31;

/** No more than so much is kept free for what may not come. */
const mostHeight = 2600;

/** The height that so many tokens take in lines of a width. */
export function reservedHeight(tokens: number, width: number, lineHeight: number): number {
  const perLine = Math.max(1, Math.floor(width / tokenWidth));
  return Math.min(mostHeight, Math.ceil(tokens / perLine) * lineHeight);
}
