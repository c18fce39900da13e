import { describe, expect, it } from "vitest";
import { matricesSize } from "@/components/methods/form-method";
import { formMethodOf, newMethodFields } from "@/components/methods/forms";
import { withColumn } from "@/components/new-run/mapping-roles";
import { layOutParameterBars } from "@/components/new-run/parameter-bars-layout";

describe("the bars of trainable parameters", () => {
  const count = {
    modules: 2,
    kinds: [
      { name: "q_proj", dIn: 3, dOut: 3, hasBias: false, times: 1 },
      { name: "v_proj", dIn: 2, dOut: 2, hasBias: false, times: 1 },
    ],
  };

  it("share one scale, cut by projection", () => {
    const layout = layOutParameterBars(
      count,
      [
        { method: "stan", ...matricesSize(10, 2, "") },
        { method: "lora", ...matricesSize(5, 5, "") },
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
    const size =
      formMethodOf({ method: "full" }).sizeOf({ ...newMethodFields({ isLarge: false }), modules: [], layers: null }, false) ??
      expect.fail("no size");
    const [bar] = layOutParameterBars(count, [{ method: "full", ...size }], 244).bars;
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
