import { expect, it } from "vitest";
import { ariaNumber } from "@/components/ui/aria-number";

it("never has an exponent, and keeps what a millionth shows", () => {
  const written = [-4.141526517287275e-7, 1e-6, 1.25e-6, -2, 3.5, 12345.6789, 0].map((value) => String(ariaNumber(value)));
  expect(written).toEqual(["0", "0.000001", "0.000001", "-2", "3.5", "12345.6789", "0"]);
});
