/** A separator as a person types it in one line: `\n` is a line break, `\t` a tab. */
export function writeEscapes(text: string): string {
  return text.replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

export function readEscapes(typed: string): string {
  return typed.replaceAll("\\n", "\n").replaceAll("\\t", "\t");
}
