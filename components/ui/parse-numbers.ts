import { type NumberKind, parseNumber } from "./parse-number";

type ReadNumbers = { values: number[]; error?: undefined } | { values: null; error: string };

/**
 * Reads a typed list of numbers, a comma and a space, a semicolon or a new line between them. A comma without a space parts two numbers only
 * where it cannot stand within one (`1,2,3`, `0.001,0.003`); else the list is refused (`1,024`, `0,5`).
 */
export function parseNumbers(text: string, kind: NumberKind): ReadNumbers {
  const values: number[] = [];
  for (const piece of text.split(/;|\n|,\s+/).map((part) => part.trim())) {
    if (piece === "") continue;
    if (mayBeSeveral(piece, kind)) return { values: null, error: `“${piece}” can be one number or several: put a space after a comma` };
    for (const one of piece.split(",")) {
      const { value } = parseNumber(one, { kind });
      if (value === null) return { values: null, error: notRead(one, kind) };
      values.push(value);
    }
  }
  return values.length === 0 ? { values: null, error: "Enter at least one number" } : { values };
}

function mayBeSeveral(piece: string, kind: NumberKind): boolean {
  const [, ...rest] = piece.split(",");
  if (rest.length === 0) return false;
  return kind === "integer" ? rest.some((part) => /^\d{3}$/.test(part)) : piece.split(",").some((part) => !/[.e]/i.test(part));
}

function notRead(piece: string, kind: NumberKind): string {
  const words = kind === "integer" ? "a whole number; separate numbers as 64, 128" : "a number; separate numbers as 0.001, 3e-3";
  return `“${piece}” is not ${words}`;
}
