import { type CsvValue, csvField } from "@/lib/numbers/csv-field";

/** Offers a text made in the browser as a download. */
export function saveFile(name: string, text: string, type: "text/csv" | "application/json" | "image/svg+xml" | "text/plain"): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** Rows as CSV. */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [header, ...rows].map((row) => row.map(csvField).join(",")).join("\r\n");
}
