const signs: Readonly<Record<string, string>> = { "\n": "⏎", "\t": "⇥", "\r": "␍", "\u007f": "␡" };
const firstPicture = 0x2400;

/** Control characters of a token by signs that can be seen: breaks and tabs as editors show them, the others by their control pictures (`␟`). */
export function visibleControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return text.replace(/[\u0000-\u001f\u007f]/g, (control) => signs[control] ?? String.fromCharCode(firstPicture + control.charCodeAt(0)));
}
