import { describe, expect, it } from "vitest";
import { chosenDose, doseAsked, firstChoice } from "@/components/steering/tasks/answers/dose/dose-choice";
import { sizesOf } from "@/components/studies/dose/dose-marks";
import type { Edit } from "@/lib/contract/edit";

const latent = { module: "m", index: 3 };
const places = { isOn: true, scope: "all" } as const;
const scaled: Edit = { operation: "scale", latent, value: 2, ...places };
const other: Edit = { operation: "ablatePost", latent: { module: "m", index: 5 }, ...places };
const none = sizesOf(undefined);
const known = { ...none, p99: 4 };

describe("a dose on the text", () => {
  it("begins with the edited latent's own operation, and values in multiples of its 99th percentile", () => {
    expect(chosenDose(firstChoice, [other, scaled], latent, known)).toMatchObject({ operation: "scale", isMultiple: false });
    const ablated = chosenDose(firstChoice, [other], other.latent, known);
    expect(ablated).toMatchObject({ operation: "clamp", isMultiple: true, values: [0, 1, 2, 4, 6, 8] });
    expect(chosenDose(firstChoice, [other], other.latent, none)).toMatchObject({ isMultiple: false, values: [0, 0.25, 0.5, 1, 1.5, 2] });
    expect(chosenDose(firstChoice, [], null, known)).toBeNull();
  });

  it("asks with the page's other edits on, and not with values that cannot be read", () => {
    const dose = chosenDose({ ...firstChoice, values: "1, 3" }, [other, scaled], latent, known);
    expect(doseAsked([other, scaled], dose, 5)).toEqual({
      attribution: false,
      edits: [other],
      dose: { latent, operation: "scale", values: [1, 3], controls: 5 },
    });
    expect(doseAsked([scaled], chosenDose({ ...firstChoice, values: "loud" }, [scaled], latent, known), 5)).toBeNull();
    expect(doseAsked([scaled], null, 5)).toBeNull();
  });
});
