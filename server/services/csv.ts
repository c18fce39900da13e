export type CsvValue = string | number | boolean | null;

/** One line of a CSV file (RFC 4180), its end included; null is an empty field. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map((value) => csvField(value === null ? "" : String(value))).join(",")}\r\n`;
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
