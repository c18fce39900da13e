import { describe, expect, it } from "vitest";
import { withEdit } from "@/components/studies/with-edit";
import type { Edit } from "@/lib/contract/edit";

const latent = { module: "m", index: 3 };
const clamp = (value: number, index = 3): Edit => ({ operation: "clamp", value, latent: { module: "m", index }, isOn: true, scope: "all" });
const off: Edit = { operation: "adapterOff", isOn: false, scope: "all" };

describe("a studied edit that is put into the list", () => {
  it("takes the place of the same latent's edit with the same operation", () => {
    expect(withEdit([off, clamp(2), clamp(5, 7)], clamp(11))).toEqual([off, clamp(11), clamp(5, 7)]);
  });

  it("else comes last", () => {
    const ablate: Edit = { operation: "ablatePost", latent, isOn: true, scope: "all" };
    expect(withEdit([clamp(2)], ablate)).toEqual([clamp(2), ablate]);
    expect(withEdit([off], clamp(2, 5))).toEqual([off, clamp(2, 5)]);
  });
});
