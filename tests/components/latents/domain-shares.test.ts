import { expect, it } from "vitest";
import { domainShares } from "@/components/latents/domain-shares";

it("weighs domains as if they had equally many tokens", () => {
  const shares = domainShares([30, 10], [{ tokens: 300 }, { tokens: 100 }]);
  expect(shares).toEqual([0.5, 0.5]);
});

it("is zero throughout for a dead latent, and for a domain without tokens", () => {
  expect(domainShares([0, 0], [{ tokens: 5 }, { tokens: 7 }])).toEqual([0, 0]);
  expect(domainShares([2, 0], [{ tokens: 5 }, { tokens: 0 }])).toEqual([1, 0]);
});
