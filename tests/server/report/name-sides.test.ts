import { describe, expect, it } from "vitest";
import { nameSides, withoutSharedEnd } from "@/server/report/name-sides";
import { reportMaterial } from "@/tests/support/report/material";

describe("other names for sides", () => {
  it("stand in verdicts and remarks too, and change nothing else", () => {
    const material = { ...reportMaterial(), latents: { sides: [], remarks: ["LoRA final has no finished collection."] } };
    const named = nameSides(material, ["A.+", "STAN final"]);
    expect(named.comparison.sides.map(({ name }) => name)).toEqual(["A.+", "STAN final"]);
    const [line] = named.pairs[0]?.scorecard.lines ?? [];
    expect(line?.verdict.text).toMatch(/^A\.\+ is better than STAN final: accuracy is higher by 3\.8/);
    expect(named.latents.remarks).toEqual(["STAN final has no finished collection."]);
    expect(nameSides(material, ["STAN final", "LoRA final"])).toEqual(material);
  });

  it("take the longer of two names of which one begins the other", () => {
    const material = reportMaterial();
    const sides = material.comparison.sides.map((side, place) => ({ ...side, name: ["STAN", "STAN final"][place] ?? "" }));
    const named = nameSides({ ...material, comparison: { ...material.comparison, sides } }, ["one", "two"]);
    expect(named.pairs[0]?.scorecard.lines[0]?.verdict.text).toMatch(/^two is better than/);
  });

  it("leave out the end that all runs of one experiment have, unless two would then be called the same", () => {
    expect(withoutSharedEnd(["STAN trial 1, on tweets, once", "LoRA trial 2, on tweets, once"])).toEqual(["STAN trial 1", "LoRA trial 2"]);
    expect(withoutSharedEnd(["STAN, once", "STAN, once"])).toEqual(["STAN, once", "STAN, once"]);
    expect(withoutSharedEnd(["STAN, once", "LoRA, twice"])).toEqual(["STAN, once", "LoRA, twice"]);
    expect(withoutSharedEnd(["alone, once"])).toEqual(["alone, once"]);
  });
});
