import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Forest } from "@/components/compare/forest";
import { headlineOf } from "@/lib/comparison/score-words";
import { side } from "./compared-side";
import { line } from "./score-line";

const stan = side({ name: "stan-m7" });
const lora = side({ name: "lora-r3", method: "lora" });

/** What a reader gets of the markup. */
function textOf(html: string): string {
  return html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
}

describe("the scorecard as drawn", () => {
  it("writes means, deviations over seeds, the difference with its interval, and what that is over", () => {
    const text = textOf(
      renderToStaticMarkup(<Forest lines={[line({ pValue: 0.012, correctedPValue: 0.048 })]} first={stan} second={lora} />),
    );
    for (const part of [
      "nats per token, lower is better; 211 rows and 2 seeds; p 0.012, corrected 0.048",
      "1.864 SD 0.012",
      "1.896 SD 0.020",
      "−0.032 −0.043 to −0.021 stan-m7 is better",
    ])
      expect(text).toContain(part);
  });

  it("says in place why there is no interval", () => {
    const verdict = { kind: "notComparable" as const, text: "They cannot be compared: other rows." };
    const text = textOf(
      renderToStaticMarkup(<Forest lines={[line({ difference: null, basis: "none", verdict })]} first={stan} second={lora} />),
    );
    expect(text).toContain("They cannot be compared: other rows.");
    expect(text).toContain("no interval");
  });
});

it("says once why nothing is compared where the verdict over the scorecard says it already", () => {
  const verdict = { kind: "notComparable" as const, text: "They cannot be compared: training kept only means." };
  const lines = ["accuracy", "loss"].map((key) => line({ key, difference: null, basis: "none", verdict }));
  const text = textOf(renderToStaticMarkup(<Forest lines={lines} first={stan} second={lora} said={verdict.text} />));
  expect(text).not.toContain("training kept only means");
  expect(text.split("Not comparable, for the reason given above.")).toHaveLength(3);
});

describe("the headline", () => {
  it("is the first line with an interval, of what is no forgetting where there is one", () => {
    const bare = line({ key: "evaluation", difference: null });
    const forgetting = line({ key: "f", isForgetting: true });
    expect(headlineOf([bare, forgetting, line()])?.key).toBe("b:loss");
    expect(headlineOf([bare, forgetting])?.key).toBe("f");
    expect(headlineOf([bare])?.key).toBe("evaluation");
    expect(headlineOf([])).toBeUndefined();
  });
});
