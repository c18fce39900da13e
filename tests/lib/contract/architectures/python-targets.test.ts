import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { architectureOf, DECODER_NAMES, ENCODER_NAMES } from "@/lib/contract/architectures/architectures";

test("the Python plug-in knows the same architectures, with the same default targets", () => {
  const source = readFileSync("python/stanscope_peft/src/stanscope_peft/model.py", "utf8");
  const table = /^TARGET_MODULES = (\{[^}]*\})$/m.exec(source)?.[1] ?? "";
  const names = [...DECODER_NAMES, ...ENCODER_NAMES];
  expect(JSON.parse(table.replace(/,(?=\s*\})/, ""))).toEqual(
    Object.fromEntries(names.map((name) => [name, architectureOf(name)?.defaultTargets])),
  );
});
