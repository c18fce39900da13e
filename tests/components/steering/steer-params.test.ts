import { describe, expect, it } from "vitest";
import { readSteerParams, requestOf, writeSteerParams } from "@/components/steering/steer-params";

const read = (text: string) => readSteerParams(new URLSearchParams(text));

describe("a link to steering", () => {
  it("is empty for the page as it first opens", () => {
    expect(writeSteerParams(read(""))).toBe("");
    expect(read("").arms).toEqual(["base", "adapter", "edited"]);
  });

  it("reproduces everything that was set", () => {
    const text =
      "?prompt=In+the+beginning&collection=c7&chat=0&arms=base%2Cedited&maxTokens=7&temperature=0.5&seed=3&stop=%0A&stop=.&edit=clamp*layers.1.v_proj*87*0*generated&edit=adapterOff*all*off&watch=layers.2.q_proj*5&colour=none";
    expect(writeSteerParams(read(text))).toBe(text);
    expect(read(text)).toMatchObject({
      prompt: "In the beginning",
      useChatTemplate: false,
      arms: ["base", "edited"],
      sampling: { maxTokens: 7, temperature: 0.5, seed: 3, stop: ["\n", "."], topP: 1 },
      edits: [
        { operation: "clamp", value: 0 },
        { operation: "adapterOff", isOn: false },
      ],
      watch: [{ module: "layers.2.q_proj", index: 5 }],
    });
  });

  it("opens without what makes no sense", () => {
    expect(read("arms=none&maxTokens=-1&topP=7&edit=boost*x&watch=m*&watch=m&temperature=hot")).toEqual(read(""));
  });
});

it("asks for what the page shows", () => {
  const params = read("prompt=a&edit=ablatePost*m*2*all&watch=m*3&arms=edited");
  expect(requestOf(params, true)).toEqual({
    prompt: "a",
    useChatTemplate: true,
    arms: ["edited"],
    edits: [{ operation: "ablatePost", latent: { module: "m", index: 2 }, isOn: true, scope: "all" }],
    sampling: { maxTokens: 64, temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1, seed: 0, stop: [] },
    watch: [{ module: "m", index: 3 }],
  });
});
