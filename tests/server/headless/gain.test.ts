import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stanscope, stanscopeSucceeds } from "@/tests/support/stanscope";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const model = ["--model", "demo/model", "--adapter", "demo/sample/adapter"];
/** Rows of a domain that the sample was trained on and that were held out. */
const texts = readFileSync("demo/corpus/arithmetic.jsonl", "utf8")
  .split("\n")
  .filter((line) => line.includes('"validation"'))
  .slice(0, 9)
  .map((line): string => JSON.parse(line).text);

it("writes the gain that the first latents keep, from nothing to all", async () => {
  const folder = temporaryFolder();
  const [rows, output] = [join(folder, "rows.jsonl"), join(folder, "gain.csv")];
  writeFileSync(rows, texts.map((text) => `${JSON.stringify({ text })}\n`).join(""));
  const asked = [...model, "--input", rows, "--output", output, "--random-orders", "2"];
  const stdout = await stanscopeSucceeds("gain", ...asked);
  expect(stdout).toMatch(/^gain \d\.\d{4} nats per token \[.+\] on 5 rows; of 1.024 latents, 90.% is kept/);
  const [head = "", ...lines] = readFileSync(output, "utf8").trim().split("\n");
  expect(head).toBe("order,latents,loss,share,shareLow,shareHigh,randomOrder");
  const table = lines.map((line) => line.split(","));
  const of = (order: string) => table.filter(([name, , , , , , place]) => name === order && place === "");
  const [first, ...others] = ["integrated", "attribution", "outputShare", "random"].map(of);
  const counts = first?.map(([, latents]) => Number(latents));
  expect(counts?.slice(0, 4)).toEqual([0, 1, 2, 4]);
  for (const own of others) {
    expect(own.map(([, latents]) => Number(latents))).toEqual(counts);
    // None and all of the latents are the same whatever their order.
    expect([own[0]?.slice(1), own.at(-1)?.slice(1)]).toEqual([first?.[0]?.slice(1), first?.at(-1)?.slice(1)]);
  }
  expect(table.filter(([, , , , , , place]) => place === "1")).toHaveLength((counts?.length ?? 0) - 2);
  await stanscopeSucceeds("evaluate", ...model, "--input", rows, "--output", join(folder, "losses.json"));
  const { rows: whole } = JSON.parse(readFileSync(join(folder, "losses.json"), "utf8"));
  const losses = whole.map((row: { base: { loss: number } }) => row.base.loss);
  const base = Number(first?.[0]?.[2]);
  expect(base).toBeGreaterThan(Math.min(...losses));
  expect(base).toBeLessThan(Math.max(...losses));
});

it("refuses too few rows", async () => {
  const folder = temporaryFolder();
  const rows = join(folder, "rows.jsonl");
  writeFileSync(rows, `${JSON.stringify({ text: "One row alone." })}\n`);
  const { status, errors } = await stanscope("gain", ...model, "--input", rows, "--output", join(folder, "gain.csv"));
  expect([status, errors]).toEqual([1, expect.stringContaining("at least 4 are needed")]);
});
