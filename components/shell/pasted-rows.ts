import { formatInteger } from "@/lib/numbers/format";

/** Rows made of pasted text, as JSON lines; or why they cannot be read. */
export type PastedRows =
  | { readonly rows: number; readonly jsonLines: string; readonly isText: boolean; readonly problem?: undefined }
  | { readonly problem: string; readonly rows?: undefined };

/**
 * Reads pasted rows: JSON objects, one a line or in a list; else every line that is not empty is the text of a row.
 */
export function readPastedRows(pasted: string): PastedRows {
  const text = pasted.trim();
  const list = text.startsWith("[") ? parsed(text) : undefined;
  if (Array.isArray(list)) return fromObjects(list.map((value: unknown, place) => ({ value, name: `Entry ${formatInteger(place + 1)}` })));
  const lines = pasted.split(/\r?\n/).flatMap((line, place) => (line.trim() === "" ? [] : [{ line: line.trim(), number: place + 1 }]));
  if (!text.startsWith("{")) {
    return { rows: lines.length, isText: true, jsonLines: lines.map(({ line }) => `${JSON.stringify({ text: line })}\n`).join("") };
  }
  return fromObjects(lines.map(({ line, number }) => ({ value: parsed(line), name: `Line ${formatInteger(number)}` })));
}

function fromObjects(entries: readonly { readonly value: unknown; readonly name: string }[]): PastedRows {
  const wrong = entries.find(({ value }) => typeof value !== "object" || value === null || Array.isArray(value));
  if (wrong !== undefined) return { problem: `${wrong.name} is not a JSON object such as {"text": "…"}.` };
  return { rows: entries.length, isText: false, jsonLines: entries.map(({ value }) => `${JSON.stringify(value)}\n`).join("") };
}

/** Undefined for what is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The pasted rows as a file to upload. Its modification time is made from its content, so that sending the same rows again uses the same key. */
export function fileOfRows({ jsonLines }: { readonly jsonLines: string }, name: string): File {
  return new File([jsonLines], `${name}.jsonl`, { lastModified: checksum(jsonLines) });
}

/** FNV-1a over UTF-16 units, 32 bits. */
function checksum(text: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return sum >>> 0;
}
