export type CsvValue = string | number | boolean | null;

/** With these a spreadsheet begins a formula, or strips what stands before one. */
const formula = /^[=+\-@\t\r]/;

/**
 * One field of a CSV file (RFC 4180); null is an empty one. A text that a spreadsheet would run as a formula gets an apostrophe before it, which
 * spreadsheets take to mean text; numbers stay numbers.
 */
export function csvField(value: CsvValue): string {
  if (value === null) return "";
  const text = typeof value === "string" && formula.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
