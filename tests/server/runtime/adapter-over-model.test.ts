import { expect, it } from "vitest";
import { startEngine } from "@/server/engine/tensor/backend";
import { createRuntime } from "@/server/runtime/runtime";

it("gives each base model an adapter of its own, whose weights it may read", async () => {
  await startEngine();
  const runtime = createRuntime(() => performance.now());
  const folder = "tests/golden/peft/llama-dora";
  const bases = await Promise.all(
    (["exact", "fast"] as const).map((precision) => runtime.base("tests/golden/models/llama-odd", precision, "background")),
  );
  const [exact, fast] = bases.map(({ value }) => value);
  if (exact === undefined || fast === undefined) throw new Error("no base model");
  const over = async (base: typeof exact) => (await runtime.adapter(folder, base, "background")).value;
  const first = await over(exact);
  expect(await over(exact)).toBe(first);
  const second = await over(fast);
  expect(second).not.toBe(first);
  const [module = ""] = first.modules.map(({ module }) => module);
  const frozenOf = (adapter: typeof first) => {
    const attached = adapter.at(module);
    return attached?.method === "lora" ? attached.dora?.frozen.weight : undefined;
  };
  expect(frozenOf(first)).toBe(exact.model.projections.find((projection) => projection.module === module)?.weight);
  expect(frozenOf(second)).toBe(fast.model.projections.find((projection) => projection.module === module)?.weight);
});
