import type { ReportMaterial } from "@/server/report/material";

/** What a person might type, or a data set might hold, to break out of a document. */
export const hostile = [
  "</td></table></details><script>alert(1)</script>",
  "\"><img src=x onerror='alert(2)'>",
  "a|b||c",
  "`code``` ~~~",
  "](javascript:alert(3)) ![x](https://evil.example/pixel.png)",
  "\n\n# heading\n- item\n| a | b |\n|---|---|\n```\n",
  "<https://evil.example> www.evil.example @someone $x^2$ *bold* __also__",
  "\u202egnihton\u0000\ud800&amp;",
].join(" ");

/** Keys whose values are typed by a person, or come from a file of theirs. */
const typed = new Set([
  "name",
  "title",
  "source",
  "modelName",
  "dataName",
  "text",
  "reference",
  "answer",
  "domain",
  "licence",
  "revision",
  "error",
  "path",
]);
/** The same where a list or a record of them stands. */
const typedLists = new Set(["remarks", "values", "provenance", "domains"]);

/** A material in which every such text ends in `addition`. */
export function withTyped(material: ReportMaterial, addition: string): ReportMaterial {
  return mapped(material, "", addition) as ReportMaterial;
}

function mapped(value: unknown, key: string, addition: string): unknown {
  if (typeof value === "string") return typed.has(key) || typedLists.has(key) ? `${value} ${addition}` : value;
  if (Array.isArray(value)) return value.map((one) => mapped(one, key, addition));
  if (value instanceof Map) return new Map([...value].map(([id, one]) => [id, mapped(one, key, addition)]));
  if (value === null || typeof value !== "object") return value;
  const isRecord = key === "provenance";
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapped(one, isRecord ? key : name, addition)]));
}
