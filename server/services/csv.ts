import { type CsvValue, csvField } from "@/lib/numbers/csv-field";

/** One line of a CSV file, its end included. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvField).join(",")}\r\n`;
}
