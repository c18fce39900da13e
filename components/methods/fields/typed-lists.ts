import type { NumberKind } from "@/components/ui/parse-number";
import { parseNumbers } from "@/components/ui/parse-numbers";

/** Words between commas, semicolons or spaces. */
export function listed(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}

/** Numbers as they are typed. @param name of the field @throws Error naming it */
export function numbers(text: string, name: string, kind: NumberKind = "real"): number[] {
  const { values, error } = parseNumbers(text, kind);
  if (values === null) throw new Error(`${name}: ${error}.`);
  return values;
}

/** Whole numbers as they are typed. @param name of the field @throws Error naming it */
export function wholeNumbers(text: string, name: string): number[] {
  return numbers(text, name, "integer");
}
