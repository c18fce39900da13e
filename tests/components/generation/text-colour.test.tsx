// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ArmView } from "@/components/generation/arm-view";
import { ColourSwitch } from "@/components/generation/colour-switch";
import { begin, type Generation, receive } from "@/components/generation/takes/generation";
import { textColourOf } from "@/components/generation/text-colour";
import type { ArmName } from "@/lib/contract/generate";
import { requestOf, token } from "./tokens";

afterEach(cleanup);

const latent = { module: "layers.0.v_proj", index: 3 };
const colourMaxOf = () => 31;

function generation(...arms: ArmName[]): Generation {
  return receive(begin(requestOf({ arms })), [
    { kind: "start", precision: "float32", promptTokens: [], watched: [latent] },
    { kind: "token", arm: "edited", token: token(5, { klToBase: 0.1, activations: [31] }) },
    { kind: "token", arm: "edited", token: token(6, { klToBase: 3, activations: [31] }) },
    { kind: "token", arm: "edited", token: token(7, { activations: [31] }) },
  ]);
}

function shades(shown: Generation, wanted: string | null) {
  render(
    <ArmView
      arm="edited"
      looks={{ method: "stan", other: null }}
      says=""
      state={shown.arms.edited ?? { tokens: [], end: null }}
      isRunning={false}
      hasAdapter
      colour={textColourOf(shown, wanted, colourMaxOf)}
      isShared={[true, false, false]}
      change="in"
    />,
  );
  return [5, 6, 7].map((id) => screen.getByText(`w${id}`).style.background);
}

describe("generated text", () => {
  it("is coloured by KL to the base model, so that a clamped latent does not colour all of it", () => {
    expect(shades(generation("base", "adapter", "edited"), null)).toEqual(["var(--kl-1)", "var(--kl-8)", ""]);
    expect(screen.getByText("w6").style.color).toBe("var(--kl-ink-8)");
    expect(screen.getByText("w6").className).toMatch(/in/);
  });

  it("is coloured by a latent where it is asked for, and where the base model is no arm", () => {
    expect(shades(generation("base", "adapter", "edited"), "layers.0.v_proj 3")).toEqual(Array(3).fill("var(--act-8)"));
    cleanup();
    expect(shades(generation("adapter", "edited"), null)).toEqual(Array(3).fill("var(--act-8)"));
    cleanup();
    expect(shades(generation("base", "edited"), "none")).toEqual(["", "", ""]);
  });

  it("can be coloured otherwise, by what the switch offers", () => {
    const onColoured = vi.fn();
    const shown = generation("base", "adapter", "edited");
    render(
      <ColourSwitch
        generation={shown}
        colour={textColourOf(shown, null, colourMaxOf)}
        onColoured={onColoured}
        nameOf={() => "L0 v_proj #3"}
      />,
    );
    const field = screen.getByLabelText<HTMLSelectElement>("Colour by");
    expect([...field.options].map(({ text }) => text)).toEqual(["KL to base", "activation of L0 v_proj #3", "nothing"]);
    expect(field.value).toBe("kl");
    expect(screen.getByText(/nats/).textContent).toBe("3 nats");
    fireEvent.change(field, { target: { value: "layers.0.v_proj 3" } });
    expect(onColoured).toHaveBeenCalledWith("layers.0.v_proj 3");
  });
});
