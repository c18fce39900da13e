// @vitest-environment happy-dom
import { render, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it } from "vitest";
import { SamplingFields } from "@/components/steering/prompt/sampling-fields";
import { samplingSettings } from "@/lib/contract/generate";
import { textIn, typeInto } from "@/tests/support/typed-field";

let taken: string[];

function Fields() {
  const [sampling, setSampling] = useState(samplingSettings.parse({}));
  taken = sampling.stop;
  return <SamplingFields sampling={sampling} onSampling={setSampling} precision={null} onPrecision={() => {}} />;
}

it("takes a second stop string, and refuses a ninth", () => {
  render(<Fields />);
  typeInto("Stop at", "a");
  typeInto("Stop at", "a|");
  expect(textIn("Stop at")).toBe("a|");
  typeInto("Stop at", "a|\\n");
  expect([textIn("Stop at"), taken]).toEqual(["a|\\n", ["a", "\n"]]);
  typeInto("Stop at", "1|2|3|4|5|6|7|8|9");
  expect(screen.getByRole("alert").textContent).toBe("At most 8 strings");
});
