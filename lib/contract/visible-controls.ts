const signs: Readonly<Record<string, string>> = { "\n": "⏎", "\t": "⇥", "\r": "␍" };

/** Control characters of a token made visible: breaks and tabs by their signs, the others as vocabularies name bytes (`<0x1F>`), which every font has. */
export function visibleControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return text.replace(/[\u0000-\u001f\u007f]/g, (control) => signs[control] ?? byteName(control));
}

function byteName(control: string): string {
  return `<0x${control.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}>`;
}
