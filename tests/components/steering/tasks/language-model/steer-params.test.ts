import { describe, expect, it } from "vitest";
import { readSteerParams, type SteerParams, writeSteerParams } from "@/components/steering/tasks/language-model/steer-params";
import type { ArmName } from "@/lib/contract/generate";
import { randomEdit } from "@/tests/support/random-edit";
import { seededRandom } from "@/tests/support/seeded-random";

const read = (text: string) => readSteerParams(new URLSearchParams(text));

describe("a link to steering", () => {
  it("is empty for the page as it first opens", () => {
    expect(writeSteerParams(read(""))).toBe("");
    expect(read("")).toMatchObject({ arms: ["base", "adapter", "edited"], otherRun: null, forced: null, compared: ["adapter", "edited"] });
  });

  it("reproduces everything that was set", () => {
    const text =
      "?prompt=In+the+beginning&collection=c7&chat=0&arms=base%2Cedited&other=r5&forced=edited&maxTokens=7&temperature=0.5&seed=3&stop=%0A&stop=.&edit=clamp*layers.1.v_proj*87*0*generated&edit=adapterOff*all*off&watch=layers.2.q_proj*5&colour=none&compare=base%2Cedited&study=s7";
    expect(writeSteerParams(read(text))).toBe(text);
    expect(read(text)).toMatchObject({
      prompt: "In the beginning",
      useChatTemplate: false,
      arms: ["base", "edited"],
      otherRun: "r5",
      forced: { by: "edited" },
      sampling: { maxTokens: 7, temperature: 0.5, seed: 3, stop: ["\n", "."], topP: 1 },
      edits: [
        { operation: "clamp", value: 0 },
        { operation: "adapterOff", isOn: false },
      ],
      watch: [{ module: "layers.2.q_proj", index: 5 }],
      compared: ["base", "edited"],
      studyId: "s7",
    });
  });

  it("runs another run's arm as soon as one is named", () => {
    expect(read("other=r5").arms).toEqual(["base", "adapter", "edited", "other"]);
    expect(writeSteerParams(read("?other=r5"))).toBe("?other=r5");
    expect(read("arms=other").arms).toEqual(["base", "adapter", "edited"]);
  });

  it("comes back the same from any setting", () => {
    const random = seededRandom(17);
    const some = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
    const arms: readonly ArmName[] = ["base", "adapter", "edited", "other"];
    for (let round = 0; round < 60; round++) {
      const otherRun = some([null, "r5"]);
      const chosen = arms.filter((arm) => (arm !== "other" || otherRun !== null) && random() < 0.6);
      const params: SteerParams = {
        collectionId: some([null, "c7"]),
        prompt: some(["", "a & b = c?", "ünï\n\t“x”", "+ +"]),
        useChatTemplate: some([null, true, false]),
        arms: chosen.length === 0 ? ["base"] : chosen,
        otherRun,
        forced: some<SteerParams["forced"]>([null, { by: "base" }, { by: "other" }, { text: "" }, { text: " 7 * 11 & so\n" }]),
        sampling: {
          ...read("").sampling,
          temperature: some([0, 0.7]),
          seed: some([0, -3, 11]),
          topP: some([1, 0.95]),
          stop: some([[], ["\n\n", "|"]]),
        },
        precision: some([null, "float32", "bfloat16"]),
        edits: Array.from({ length: some([0, 1, 3]) }, () => randomEdit(random)),
        watch: some([[], [{ module: "layers.2.q_proj", index: 5 }]]),
        coloured: some([null, "none", "layers.2.q_proj 5"]),
        compared: some([
          ["adapter", "edited"],
          ["other", "base"],
        ] as const),
        studyId: some([null, "s7"]),
        generationIds: some([[], ["g1", "g2"]]),
      };
      expect(read(writeSteerParams(params))).toEqual(params);
    }
  });

  it("opens without what makes no sense", () => {
    expect(
      read("arms=none&maxTokens=-1&topP=7&edit=boost*x&watch=m*&watch=m&temperature=hot&forced=nobody&compare=base%2Cbase&other=&study="),
    ).toEqual(read(""));
  });
});
