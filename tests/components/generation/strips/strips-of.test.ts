import { describe, expect, it } from "vitest";
import { layOutNormGauge } from "@/components/generation/strips/norm-gauge-layout";
import { stripsOf } from "@/components/generation/strips/strips-of";
import { begin, receive } from "@/components/generation/takes/generation";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { ArmName, GeneratedToken, GenerateEvent, GenerateRequest } from "@/lib/contract/generate";
import { requestOf, token } from "@/tests/components/generation/tokens";

const latent = { module: "layers.0.v_proj", index: 3 };
const ablated: Edit = { operation: "ablatePost", latent, isOn: true, scope: "all" };

const looks = { nameOf: ({ index }: LatentRef) => `#${index}`, colourMaxOf: () => 300 };

function generated(arms: Partial<Record<ArmName, GeneratedToken[]>>, watched: LatentRef[] = []) {
  const names = (["base", "adapter", "edited", "other"] as const).filter((arm) => arms[arm] !== undefined);
  const tokens = names.flatMap((arm) => (arms[arm] ?? []).map((one): GenerateEvent => ({ kind: "token", arm, token: one })));
  return receive(begin(requestOf({ arms: names })), [{ kind: "start", precision: "float32", promptTokens: [], watched }, ...tokens]);
}

function strips(request: Partial<GenerateRequest>, arms: Partial<Record<ArmName, GeneratedToken[]>>, text: ArmName, top = 7) {
  const names = (["base", "adapter", "edited", "other"] as const).filter((arm) => arms[arm] !== undefined);
  const tokens = names.flatMap((arm) => (arms[arm] ?? []).map((one): GenerateEvent => ({ kind: "token", arm, token: one })));
  const generation = receive(begin(requestOf({ ...request, arms: names })), [
    { kind: "start", precision: "float32", promptTokens: [], watched: [latent] },
    ...tokens,
  ]);
  return stripsOf(generation, text, { nameOf: () => "0 v_proj 3", colourMaxOf: () => top }, { otherName: "lora-r16", range: null });
}

const read = {
  base: [token(5, { activations: [null] })],
  adapter: [token(5, { klToBase: 0.25, activations: [2] })],
  edited: [token(5, { klToBase: 0.5, klToAdapter: 1, activations: [-3], injectedNorm: 0.125 })],
  other: [token(5, { klToBase: 0.75, klToAdapter: 2, activations: [11] })],
};

describe("strips", () => {
  it("are those of every arm where all read one text, on one scale of nats", () => {
    const all = strips({ forced: { by: "adapter" }, edits: [ablated] }, read, "adapter");
    expect(all.map(({ short, name, values }) => [short, name, values[0]])).toEqual([
      ["1", "KL adapter ‖ base", 0.25],
      ["2", "KL edited ‖ adapter", 1],
      ["3", "KL edited ‖ base", 0.5],
      ["4", "KL lora-r16 ‖ adapter", 2],
      ["5", "KL lora-r16 ‖ base", 0.75],
      ["6", "0 v_proj 3, adapter", 2],
      ["7", "0 v_proj 3, edited", -3],
      ["8", "injected norm", 0.125],
    ]);
    expect(new Set(all.filter(({ ramp }) => ramp === "kl").map(({ max }) => max)).size).toBe(1);
  });

  it("are those of the arm that wrote it where each goes its own way, what was not measured left out", () => {
    expect(strips({}, read, "edited").map(({ name }) => name)).toEqual([
      "KL edited ‖ adapter",
      "KL edited ‖ base",
      "0 v_proj 3",
      "injected norm",
    ]);
    expect(strips({}, { ...read, adapter: [token(5, { activations: [2] })] }, "adapter").map(({ name }) => name)).toEqual(["0 v_proj 3"]);
    expect(strips({}, read, "base")).toEqual([]);
  });

  it("have their rows before the first token, and none for what is not compared", () => {
    const names = (arms: Parameters<typeof strips>[1]) => strips({ forced: { by: "edited" } }, arms, "edited").map(({ name }) => name);
    expect(names({ adapter: [], edited: [] })).toEqual(["KL edited ‖ adapter", "0 v_proj 3", "injected norm"]);
    expect(names({ base: [], edited: [] })).toEqual(["KL edited ‖ base", "0 v_proj 3", "injected norm"]);
  });

  it("show a latent without the edits alone where no edit is of it", () => {
    const names = (edits: Edit[]) =>
      strips({ forced: { by: "adapter" }, edits }, read, "adapter")
        .filter(({ ramp }) => ramp === "act")
        .map(({ name }) => name);
    expect(names([{ ...ablated, latent: { ...latent, index: 4 } }])).toEqual(["0 v_proj 3"]);
    expect(names([{ ...ablated, isOn: false }])).toEqual(["0 v_proj 3"]);
    expect(names([{ operation: "moduleOff", module: latent.module, isOn: true, scope: "all" }])).toHaveLength(2);
  });

  it("draw the injected norm on the scale of its gauge", () => {
    const range = { least: 0.2, most: 4.24, leastModule: "L0 v_proj", mostModule: "L1 v_proj", unmeasured: 0 };
    const edited = [token(5, { injectedNorm: 0.577 }), token(6, { injectedNorm: 1.12 })];
    for (const known of [range, null]) {
      const norms = stripsOf(generated({ edited }), "edited", looks, { otherName: "", range: known }).find(
        ({ key }) => key === "injectedNorm",
      );
      expect(norms?.max).toBe(layOutNormGauge(1.12, known, 300).top);
    }
  });

  it("are at most as many latents as are asked for, in the order in which they are watched", () => {
    const watched = Array.from({ length: 256 }, (_, index) => ({ module: "m", index }));
    const edited = [token(5, { activations: watched.map(({ index }) => index) })];
    const names = (settings: { readonly mostLatents?: number }) =>
      stripsOf(generated({ edited }, watched), "edited", looks, { otherName: "", range: null, ...settings }).map(({ name }) => name);
    expect(names({})).toEqual(watched.slice(0, 16).map(({ index }) => `#${index}`));
    expect(names({ mostLatents: 256 })).toHaveLength(256);
  });

  it("colour a latent on its module's scale, or on what came where that is not known", () => {
    expect(strips({}, read, "edited", 7).find(({ ramp }) => ramp === "act")?.max).toBe(7);
    expect(strips({}, read, "edited", 0).find(({ ramp }) => ramp === "act")?.max).toBe(3);
  });
});
