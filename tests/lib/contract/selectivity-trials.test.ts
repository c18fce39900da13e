import { expect, it } from "vitest";
import { numRows, selectivityTrials } from "@/lib/contract/selectivity-trials";

it("a selectivity is a share of the texts in which a latent fires, of its firings in collections made before texts were counted", () => {
  const latent = { fireCount: 90, rowShare: 0.3 };
  expect(selectivityTrials(latent, [{ rows: 12 }, { rows: 8 }])).toBe(6);
  expect(selectivityTrials(latent, [{}, {}])).toBe(90);
  expect([numRows([{ rows: 12 }, { rows: 8 }]), numRows([{}, {}])]).toEqual([20, null]);
});
