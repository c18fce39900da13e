import { describe, expect, it } from "vitest";
import { editFromText, editToText, steerHref } from "@/components/latents/edit-text";
import type { Edit } from "@/lib/contract/edit";

const latent = { module: "model.layers.12.self_attn.v_proj", index: 87 };
const edits: Edit[] = [
  { operation: "clamp", latent, value: -0.5, isOn: true, scope: "generated" },
  { operation: "scale", latent, value: 2, isOn: false, scope: { from: 3, to: 7 } },
  { operation: "ablatePost", latent, isOn: true, scope: "all" },
  { operation: "moduleOff", module: "h.0.attn.c_attn", isOn: false, scope: "prompt" },
  { operation: "adapterOff", isOn: true, scope: "all" },
];

describe("an edit in a link", () => {
  it.each(edits)("gives back the edit it was written from: $operation", (edit) => {
    expect(editFromText(editToText(edit))).toEqual(edit);
  });

  it("is short enough to be read", () => {
    expect(editToText(edits[0] as Edit)).toBe("clamp*model.layers.12.self_attn.v_proj*87*-0.5*generated");
  });

  it.each(["", "boost*m*1*2*all", "clamp*m*1*all", "clamp*m*x*1*all", "scale*m*1*2*sometimes", "clamp*m*1*Infinity*all"])(
    "is none where it makes no sense: %s",
    (text) => {
      expect(editFromText(text)).toBeNull();
    },
  );
});

it("links to steering with each latent ablated", () => {
  const search = new URL(steerHref("run/1", "c7", [latent, { module: "m", index: 2 }]), "http://localhost").searchParams;
  expect(steerHref("run/1", null, [])).toBe("/runs/run%2F1/steer");
  expect(search.get("collection")).toBe("c7");
  expect(search.getAll("edit").map((text) => editFromText(text))).toMatchObject([
    { operation: "ablatePost", latent },
    { operation: "ablatePost", latent: { module: "m", index: 2 } },
  ]);
});

it("links to steering with each latent as it is, ready to be moved", () => {
  const search = new URL(steerHref("r", null, [latent], "scale"), "http://localhost").searchParams;
  expect(search.getAll("edit").map((text) => editFromText(text))).toMatchObject([{ operation: "scale", value: 1, latent }]);
});
