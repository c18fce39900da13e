import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ChangeBarsDrawing } from "@/components/latent/change-bars";
import { DotRowsDrawing } from "@/components/latent/dot-rows";
import { DensityDrawing } from "@/components/latent/training-panel";

const output = "../../output/latent";
const draw = (element: ReactElement) => `${renderToStaticMarkup(element).replaceAll("><", ">\n<")}\n`;
const row = { others: [], facts: "13 firings" };

describe("drawings of a latent", () => {
  it("effects: one told apart from zero, one that is not, and controls", async () => {
    const rows = [
      { ...row, key: "a", label: "slot left empty", value: 0.02, halfWidth: 0.005 },
      { ...row, key: "b", label: "2 controls", value: null, halfWidth: null, others: [-0.002, 0.003] },
      { ...row, key: "c", label: "slot refilled", value: 0.004, halfWidth: 0.006 },
    ];
    const drawing = draw(<DotRowsDrawing rows={rows} label="Change of loss a firing" unit="nats per firing" width={300} height={112} />);
    expect(drawing).toContain('<circle cx="252.5952380952381" cy="0" r="3.6" fill="var(--ink)"');
    expect(drawing).toContain('fill="var(--surface)" stroke="var(--ink-3)"');
    await expect(drawing).toMatchFileSnapshot(`${output}/effects.svg`);
  });

  it("changes of logits: measured ones with intervals on both sides of zero", async () => {
    const rows = [
      { token: " cups", change: 1.5, halfWidth: 0.25 },
      { token: "\n", change: 0.5, halfWidth: null },
      { token: " people", change: -0.5, halfWidth: 0.125 },
    ];
    await expect(draw(<ChangeBarsDrawing rows={rows} label="Changes of logits" width={300} height={84} />)).toMatchFileSnapshot(
      `${output}/logit-changes.svg`,
    );
  });

  it("density over training: born, and died in the second half", async () => {
    const training = {
      steps: 200,
      density: [10, 50, 100, 150, 200].map((step) => ({ step, density: step === 50 || step === 100 ? 0.004 : 0 })),
    };
    const drawing = draw(<DensityDrawing training={training} born={20} died={150} width={300} />);
    expect(drawing).toContain("born at step 20, died at step 150");
    await expect(drawing).toMatchFileSnapshot(`${output}/density.svg`);
  });
});
