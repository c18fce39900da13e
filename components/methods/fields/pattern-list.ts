import { z } from "zod";
import { parseNumber } from "@/components/ui/parse-number";
import { nameEndExpression } from "@/lib/contract/expression";
import type { ModulePattern } from "@/lib/contract/methods/module-pattern";

/** Sizes that single modules have of their own, in a form. */
export const patternField = z.record(z.string(), z.number());

export function isEmpty(pattern: ModulePattern): boolean {
  return Object.keys(pattern).length === 0;
}

export type ReadPattern = { pattern: ModulePattern; error?: undefined } | { pattern?: undefined; error: string };

/** Reads one `name: value` a line, the name a regular expression for the end of a module's name; empty is none. */
export function parsePattern(text: string, kind: "size" | "number"): ReadPattern {
  const found: Record<string, number> = {};
  for (const line of text.split("\n").map((piece) => piece.trim())) {
    if (line === "") continue;
    const [, name = "", written = ""] = /^(\S+)\s*[:=]\s*(.+)$/.exec(line) ?? [];
    if (name === "") return { error: `“${line}” is not valid; write q_proj: 4` };
    const problem = nameEndExpression.safeParse(name).error?.issues[0]?.message;
    if (problem !== undefined) return { error: `${name} ${problem}` };
    const { value, error } = parseNumber(written, kind === "size" ? { kind: "integer", min: 1 } : { kind: "real" });
    if (value === null) return { error: `${written}: ${error}` };
    found[name] = value;
  }
  return { pattern: found };
}

/** Writes a pattern as it is read. */
export function writePattern(pattern: ModulePattern): string {
  return Object.entries(pattern)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}
