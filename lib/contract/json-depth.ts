/** How deep the lists and objects of a JSON text lie inside one another, counted up to just beyond `most`; the text is not parsed. */
export function jsonDepth(text: string, most: number): number {
  let [depth, deepest, isInText] = [0, 0, false];
  for (let at = 0; at < text.length && deepest <= most; at++) {
    const character = text[at];
    if (isInText) {
      if (character === "\\") at++;
      else if (character === '"') isInText = false;
    } else if (character === '"') isInText = true;
    else if (character === "[" || character === "{") deepest = Math.max(deepest, ++depth);
    else if (character === "]" || character === "}") depth--;
  }
  return deepest;
}
