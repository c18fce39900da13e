import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { NormGaugeDrawing } from "@/components/generation/strips/norm-gauge";

const range = { least: 4.24, most: 4.24, leastModule: "L3 down_proj", mostModule: "L3 down_proj", unmeasured: 0 };
const draw = (norm: { mean: number; most: number } | null, width = 340) =>
  renderToStaticMarkup(<NormGaugeDrawing norm={norm} range={range} width={width} />);

it("names the adapter's own range where its name stands clear of the words on the norm", () => {
  expect(draw(null)).toContain("adapter’s own p99");
  expect(draw({ mean: 0.58, most: 1.12 })).toContain("adapter’s own p99");
  expect(draw({ mean: 3, most: 3.9 })).not.toContain("adapter’s own p99");
  expect(draw({ mean: 0.58, most: 1.12 }, 240)).not.toContain("adapter’s own p99");
});
