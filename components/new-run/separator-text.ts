/** A separator as a person types it in one line: `\n` is a line break, `\r` a carriage return, `\t` a tab. */
export function writeEscapes(text: string): string {
  return text.replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t");
}

export function readEscapes(typed: string): string {
  return typed.replaceAll("\\n", "\n").replaceAll("\\r", "\r").replaceAll("\\t", "\t");
}
