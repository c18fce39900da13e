import { describe, expect, it } from "vitest";
import { begin, receive } from "@/components/generation/takes/generation";
import { firedByModule, firedIn, firedQuestion, placeOf, strongestFired } from "@/components/steering/tasks/language-model/fired/fired-at";
import type { GenerateEvent } from "@/lib/contract/generate";
import { requestOf, token } from "@/tests/components/generation/tokens";

const packed = (values: ArrayBufferView) => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");

/** Two latents a token, three tokens. */
const module = {
  kind: "module",
  module: "layers.2.v_proj",
  layer: 2,
  projection: "v_proj",
  width: 2,
  indices: packed(Int32Array.of(3, 5, 7, 11, 13, 17)),
  activations: packed(Float32Array.of(1, 2, 0.5, -4, 0, 8)),
  outputShares: packed(Float32Array.of(0.5, 0.5, 0.25, 0.75, 0, 1)),
  attributions: null,
} as const;

describe("what fired at a token", () => {
  it("is unpacked from a module at that token alone, what is not kept left out", () => {
    const at = (place: number) => firedIn(module, place).map(({ index, activation, outputShare }) => [index, activation, outputShare]);
    expect(at(0)).toEqual([
      [3, 1, 0.5],
      [5, 2, 0.5],
    ]);
    expect(at(1)).toEqual([
      [7, 0.5, 0.25],
      [11, -4, 0.75],
    ]);
    expect(at(2)).toEqual([[17, 8, 1]]);
  });

  it("is ranked by size in the scale of its module", () => {
    const latents = [...firedIn(module, 1), ...firedIn({ ...module, module: "layers.3.v_proj" }, 0)];
    const scale = (latent: { module: string }) => (latent.module === "layers.3.v_proj" ? 0.25 : 16);
    expect(strongestFired(latents, scale, 3).map(({ index }) => index)).toEqual([5, 3, 11]);
  });
});

it("groups what fired by module, earlier layers first", () => {
  const earlier = firedIn({ ...module, module: "layers.0.v_proj", layer: 0 }, 2);
  expect(firedByModule([...firedIn(module, 1), ...firedIn(module, 0), ...earlier]).map(({ name, indices }) => [name, indices])).toEqual([
    ["layers.0.v_proj", [17]],
    ["layers.2.v_proj", [3, 5, 7, 11]],
  ]);
});

describe("a token that is read again", () => {
  it("is found where the same tokens stand before it, a beginning of text more or less allowed", () => {
    const read = [1, 2, 3, 5, 7].map((id) => ({ id }));
    expect(placeOf(read, [1, 2, 3])).toBe(2);
    expect(placeOf(read, [2, 3, 5])).toBe(3);
    expect(placeOf(read, [9, 1, 2])).toBe(1);
    expect(placeOf(read, [1, 2, 7])).toBeNull();
    expect(placeOf(read, [1, 2, 3, 5, 7, 11])).toBeNull();
  });

  const events: GenerateEvent[] = [
    { kind: "start", precision: "float32", promptTokens: [{ text: "<s>once", id: 2 }], watched: [] },
    ...[3, 5].map((id): GenerateEvent => ({ kind: "token", arm: "adapter", token: token(id) })),
  ];

  it("is asked for by the prompt as it was written, or as its template rendered it, and what follows", () => {
    const plain = receive(begin(requestOf({ arms: ["adapter"] })), events);
    expect(firedQuestion(plain, "adapter", 0)).toEqual({
      request: { text: "once w3 w5", useChatTemplate: false, attribution: false },
      ids: [2, 3],
    });
    const chat = receive(begin(requestOf({ arms: ["adapter"], useChatTemplate: true })), events);
    expect(firedQuestion(chat, "adapter", 1)?.request.text).toBe("<s>once w3 w5");
  });

  it("cannot be asked for where the text is not known", () => {
    expect(firedQuestion(receive(begin(requestOf({ promptIds: [2] })), events), "adapter", 0)).toBeNull();
    expect(firedQuestion(receive(begin(requestOf({ continued: { adapter: [1] } })), events), "adapter", 0)).toBeNull();
    expect(firedQuestion(receive(begin(requestOf()), events), "base", 0)).toBeNull();
  });
});
