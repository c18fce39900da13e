import { describe, expect, it } from "vitest";
import { looksOf } from "@/server/report/plots/looks";
import { node, type SvgNode, writeSvg } from "@/server/report/plots/svg";
import { drawXyPlot, type XyPlot } from "@/server/report/plots/xy-plot";

describe("looks of sides", () => {
  it("tell methods apart by colour and shape, sides of one method by filling and dashes", () => {
    const [stan, lora, second, full] = looksOf(["stan", "lora", "stan", "full"]);
    expect([stan?.colour, lora?.colour, second?.colour, full?.colour]).toEqual([
      "var(--stan)",
      "var(--lora)",
      "var(--stan)",
      "var(--full)",
    ]);
    expect(new Set([stan, lora, full].map((look) => look?.shape)).size).toBe(3);
    expect([stan?.isOpen, second?.isOpen]).toEqual([false, true]);
    expect(stan?.dashes).not.toBe(second?.dashes);
  });
});

/** All elements of a drawing of one name. */
function all(drawing: SvgNode, name: string): SvgNode[] {
  const inner = drawing.children.flatMap((child) => (typeof child === "string" ? [] : all(child, name)));
  return drawing.name === name ? [drawing, ...inner] : inner;
}

describe("a plot of values against values", () => {
  const [look] = looksOf(["stan"]);
  if (look === undefined) throw new Error("there is no look");
  const plot = (
    changes: Partial<XyPlot> = {},
    points = [2, 3, 5].map((x) => ({ x, y: x * x, low: x * x - 1, high: x * x + 1 })),
  ): XyPlot => ({
    alternative: "squares",
    xLabel: "x",
    yLabel: "y",
    isLogX: false,
    series: [{ name: "squares", look, points, isJoined: true, ranges: "band" }],
    ...changes,
  });

  it("is named by its alternative and has its axes' names", () => {
    const drawing = drawXyPlot(plot());
    expect(drawing.attributes).toMatchObject({ role: "img", "aria-label": "squares" });
    const texts = all(drawing, "text").map(({ children }) => children[0]);
    expect(texts).toEqual(expect.arrayContaining(["squares", "x", "y", "2", "5"]));
    expect(all(drawing, "circle")).toHaveLength(4);
  });

  it("places equal ratios at equal distances where x is logarithmic, and leaves out what has no logarithm", () => {
    const points = [0, 1, 10, 100].map((x) => ({ x, y: 1, low: 1, high: 1 }));
    const circles = all(drawXyPlot(plot({ isLogX: true }, points)), "circle").slice(1);
    const places = circles.map(({ attributes }) => Number(attributes["cx"]));
    expect(places).toHaveLength(3);
    expect((places[1] ?? 0) - (places[0] ?? 0)).toBeCloseTo((places[2] ?? 0) - (places[1] ?? 0), 6);
  });

  it("keeps every mark, range and reference within its axes", () => {
    const drawing = drawXyPlot(plot({ references: [{ y: 40, label: "reference" }] }));
    const height = Number(drawing.attributes["height"]);
    for (const { attributes } of all(drawing, "circle").slice(1)) {
      expect(Number(attributes["cx"])).toBeGreaterThanOrEqual(56);
      expect(Number(attributes["cx"])).toBeLessThanOrEqual(414);
      expect(Number(attributes["cy"])).toBeLessThan(height - 40);
    }
    const [reference] = all(drawing, "line").filter(({ attributes }) => attributes["class"] === "reference");
    expect(Number(reference?.attributes["y1"])).toBeGreaterThan(40);
  });

  it("draws nothing but axes of series without points", () => {
    expect(all(drawXyPlot(plot({}, [])), "circle")).toHaveLength(1);
    expect(writeSvg(drawXyPlot(plot({}, [])))).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe("writing a drawing", () => {
  it("escapes text and attributes, and rounds lengths", () => {
    expect(writeSvg(node("text", { x: 1.2345, "aria-label": '"<a>' }, "a < b & c"))).toBe(
      '<text x="1.2" aria-label="&quot;&lt;a&gt;">a &lt; b &amp; c</text>',
    );
    expect(writeSvg(node("g"))).toBe("<g/>");
  });
});
