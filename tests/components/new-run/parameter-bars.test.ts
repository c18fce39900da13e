import { describe, expect, it } from "vitest";
import { withColumn } from "@/components/new-run/mapping-roles";
import { layOutParameterBars } from "@/components/new-run/parameter-bars-layout";

describe("the bars of trainable parameters", () => {
  const count = {
    perLatent: 10,
    modules: 2,
    kinds: [
      { name: "q_proj", perLatent: 6, whole: 9 },
      { name: "v_proj", perLatent: 4, whole: 4 },
    ],
  };

  it("share one scale, cut by projection", () => {
    const layout = layOutParameterBars(
      count,
      [
        { method: "stan", latents: 10 },
        { method: "lora", latents: 5 },
      ],
      244,
    );
    expect(layout.bars.map((bar) => [bar.total, bar.end])).toEqual([
      [100, 172],
      [50, 122],
    ]);
    expect(layout.bars[0]?.parts.map((part) => [part.x, part.width])).toEqual([
      [72, 59],
      [132, 39],
    ]);
  });

  it("count whole weights where these are trained", () => {
    const [bar] = layOutParameterBars(count, [{ method: "full" }], 244).bars;
    expect(bar?.total).toBe(13);
    expect(bar?.parts.map((part) => part.parameters)).toEqual([9, 4]);
  });
});

describe("a role of a mapping", () => {
  const mapping = { kind: "text" as const, text: "a", domain: "b" };

  it("is given to another column", () => {
    expect(withColumn(mapping, "text", "c")).toEqual({ kind: "text", text: "c", domain: "b" });
  });

  it("is taken away when it may be", () => {
    expect(withColumn(mapping, "domain", "")).toEqual({ kind: "text", text: "a" });
  });
});
