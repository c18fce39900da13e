// @vitest-environment happy-dom
import { render, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, it } from "vitest";
import { SamplingFields } from "@/components/steering/tasks/language-model/prompt/sampling-fields";
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
  typeInto("Stop strings", "a");
  typeInto("Stop strings", "a|");
  expect(textIn("Stop strings")).toBe("a|");
  typeInto("Stop strings", "a|\\n");
  expect([textIn("Stop strings"), taken]).toEqual(["a|\\n", ["a", "\n"]]);
  typeInto("Stop strings", "1|2|3|4|5|6|7|8|9");
  expect(screen.getByRole("alert").textContent).toBe("At most 8 strings");
});
