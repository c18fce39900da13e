import { describe, expect, it } from "vitest";
import { newRunForm } from "@/components/new-run/run-form";
import { withSizes } from "@/components/new-run/sizes-in-address";
import { readNewRunAddress } from "@/components/shell/new-run-address";

describe("sizes in the address of a new run", () => {
  const form = newRunForm(undefined);

  it("change the form's own, k never above the number of latents", () => {
    const changed = withSizes(form, readNewRunAddress("rank=24&numLatents=11&steps=812"));
    expect(changed).toEqual({ ...form, ownRank: 24, numLatents: 11, k: 11, training: { ...form.training, steps: 812 } });
  });

  it("are left out where they are none", () => {
    expect(withSizes(form, readNewRunAddress("rank=0&k=-3&numLatents=many&steps=1.5"))).toEqual(form);
  });
});
