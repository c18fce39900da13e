import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { forgettingResult } from "@/lib/contract/forgetting";
import { stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const model = ["--model", "demo/model"];

it("names latents that cost loss on general text, and writes an adapter that loses what was measured", async () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const heldOut = (domain: string) =>
    readFileSync(`demo/corpus/${domain}.jsonl`, "utf8")
      .split("\n")
      .filter((line) => line.includes('"validation"'))
      .slice(0, 8)
      .map((line): string => JSON.parse(line).text);
  const lay = (name: string, texts: readonly string[]) =>
    writeFileSync(at(name), texts.map((text) => `${JSON.stringify({ text })}\n`).join(""));
  lay("own.jsonl", heldOut("arithmetic"));
  lay("general.jsonl", heldOut("scripture"));
  const asked = [
    "--input",
    at("own.jsonl"),
    "--general",
    at("general.jsonl"),
    "--output",
    at("out"),
    "--candidates",
    "4",
    "--group-size",
    "2",
  ];
  const told = await stanscopeSucceeds("forgetting", ...model, "--adapter", "demo/sample/adapter", ...asked);
  expect(told).toMatch(/^general text: loss \d\.\d{4} with the base model, \d\.\d{4} with the adapter\nown text: /);
  const result = forgettingResult.parse(JSON.parse(readFileSync(at("out/forgetting.json"), "utf8")));
  expect(result.groups.map(({ latents }) => latents.length)).toEqual([2, 2]);
  expect(readFileSync(at("out/forgetting.csv"), "utf8")).toMatch(/^measured,module,latent,generalChange,ownChange,isProposed\ngroup 1,/);
  const { proposed, measured } = result;
  expect(existsSync(at("out/edits.json"))).toBe(proposed.length > 0);
  if (measured === null) throw new Error("a set is proposed");
  // The same halves of the rows measure the repaired adapter.
  const anew = ["--input", at("own.jsonl"), "--general", at("general.jsonl"), "--output", at("anew"), "--candidates", "1"];
  await stanscopeSucceeds("forgetting", ...model, "--adapter", at("out/repaired"), ...anew);
  const { general, own } = forgettingResult.parse(JSON.parse(readFileSync(at("anew/forgetting.json"), "utf8")));
  expect(general.adapter - general.base).toBeCloseTo(measured.forgettingAfter.value, 4);
  expect(own.base - own.adapter).toBeCloseTo(measured.gainAfter.value, 4);
});
