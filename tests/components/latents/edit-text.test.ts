import { describe, expect, it } from "vitest";
import { editFromText, editToText } from "@/components/latents/edit-text";
import { steerHref } from "@/components/latents/steer-href";
import { type Edit, edit as editSchema } from "@/lib/contract/edit";
import { randomEdit } from "@/tests/support/random-edit";
import { seededRandom } from "@/tests/support/seeded-random";

const latent = { module: "model.layers.12.self_attn.v_proj", index: 87 };
const edits: Edit[] = [
  { operation: "clamp", latent, value: -0.5, isOn: true, scope: "generated" },
  { operation: "scale", latent, value: 2, isOn: false, scope: { from: 3, to: 7 } },
  { operation: "ablatePost", latent, isOn: true, scope: "all" },
  { operation: "moduleOff", module: "h.0.attn.c_attn", isOn: false, scope: "prompt" },
  { operation: "adapterOff", isOn: true, scope: "all" },
  { operation: "minClamp", latent, value: 2.5, isOn: true, scope: "all", onlyIfFiring: true },
  { operation: "add", latent, value: -1e-9, isOn: true, scope: "all", skipsSpecialTokens: true },
  { operation: "ablatePre", latent, isOn: true, scope: "all", onlyIf: { latent: { module: "m", index: 0 }, above: -4 } },
  { operation: "forceIn", latent, isOn: false, scope: { from: 0, to: 0 } },
  { operation: "isolate", module: "m", indices: [2, 3, 4, 7], isOn: true, scope: "all" },
];

describe("an edit in a link", () => {
  it.each(edits)("gives back the edit it was written from: $operation", (edit) => {
    expect(editFromText(editToText(edit))).toEqual(edit);
  });

  it("is short enough to be read", () => {
    expect(editToText(edits[0] as Edit)).toBe("clamp*model.layers.12.self_attn.v_proj*87*-0.5*generated");
    expect(
      editToText({
        operation: "isolate",
        module: "m",
        indices: [7, 3, 2, 4],
        onlyIf: { latent: { module: "l", index: 5 }, above: 0.5 },
        skipsSpecialTokens: true,
        isOn: false,
        scope: "prompt",
      }),
    ).toBe("isolate*m*2-4,7*prompt*nospecials*if*l*5*0.5*off");
  });

  it("gives back every edit that can be written, whatever its fields", () => {
    const random = seededRandom(11);
    for (let time = 0; time < 2000; time++) {
      const edit = editSchema.parse(randomEdit(random));
      expect(editFromText(editToText(edit))).toEqual(edit);
    }
  });

  it.each([
    ["clamp*m*2*0.5*generated*off", { operation: "clamp", latent: { module: "m", index: 2 }, value: 0.5, isOn: false, scope: "generated" }],
    ["ablatePre*m*2*3-7", { operation: "ablatePre", latent: { module: "m", index: 2 }, isOn: true, scope: { from: 3, to: 7 } }],
    ["moduleOff*m*all*off", { operation: "moduleOff", module: "m", isOn: false, scope: "all" }],
    ["adapterOff*prompt", { operation: "adapterOff", isOn: true, scope: "prompt" }],
  ])("is still read as it was written before there were conditions: %s", (text, edit) => {
    expect(editFromText(text)).toEqual(edit);
  });

  it.each([
    "clamp*m**1*all",
    "clamp*m*1**all",
    "clamp*m*1*2",
    "clamp*m*1*2*all*sometimes",
    "clamp*m*1*2*all*if*n*3",
    "isolate*m**all",
    "isolate*m*7-3*all",
    "isolate*m*0-99999999999*all",
    "moduleOff**all",
    "adapterOff*m*all",
    "",
    "boost*m*1*2*all",
    "clamp*m*1*all",
    "clamp*m*x*1*all",
    "scale*m*1*2*sometimes",
    "clamp*m*1*Infinity*all",
  ])("is none where it makes no sense: %s", (text) => {
    expect(editFromText(text)).toBeNull();
  });
});

it("links to steering with each latent ablated", () => {
  const search = new URL(steerHref("run/1", "c7", [latent, { module: "m", index: 2 }]), "http://localhost").searchParams;
  expect(steerHref("run/1", null, [])).toBe("/runs/run%2F1/steer");
  expect(search.get("collection")).toBe("c7");
  expect(search.getAll("add").map((text) => editFromText(text))).toMatchObject([
    { operation: "ablatePost", latent },
    { operation: "ablatePost", latent: { module: "m", index: 2 } },
  ]);
});

it("links to steering with each module left with its chosen latents alone", () => {
  const chosen = [{ module: "m", index: 5 }, latent, { module: "m", index: 2 }];
  const search = new URL(steerHref("r", null, chosen, "isolate"), "http://localhost").searchParams;
  expect(search.getAll("add")).toEqual(["isolate*m*2,5*all", "isolate*model.layers.12.self_attn.v_proj*87*all"]);
});

it("links to steering with each latent as it is, ready to be moved", () => {
  const search = new URL(steerHref("r", null, [latent], "scale"), "http://localhost").searchParams;
  expect(search.getAll("add").map((text) => editFromText(text))).toMatchObject([{ operation: "scale", value: 1, latent }]);
});
