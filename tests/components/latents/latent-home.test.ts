import { expect, it } from "vitest";
import { firstOrder, latentHrefIn, tableHref } from "@/components/latents/latent-home";
import { readLatentParams } from "@/components/latents/latent-params";

const params = readLatentParams(new URLSearchParams("collection=c1&sort=density"));
const latent = { module: "layers.3.self_attn.v_proj", index: 7 };

it("leads to a run's latent with the table it came from", () => {
  expect(latentHrefIn({ kind: "run", runId: "r/1" }, latent, params)).toBe(
    "/runs/r%2F1/latents/layers.3.self_attn.v_proj/7?collection=c1&sort=density",
  );
});

it("leaves the collection out where the address of a dictionary names it", () => {
  expect(tableHref({ kind: "dictionary", collectionId: "c1" }, params)).toBe("/dictionaries/c1/latents?sort=density");
  expect(latentHrefIn({ kind: "dictionary", collectionId: "c1" }, latent, params)).toBe(
    "/dictionaries/c1/latents/layers.3.self_attn.v_proj/7?sort=density",
  );
});

it("begins a dictionary with the most firings, whose address says nothing of it: its output shares are not known", () => {
  const dictionary = { kind: "dictionary", collectionId: "c1" } as const;
  const first = readLatentParams(new URLSearchParams(), firstOrder(dictionary));
  expect(first.sort).toBe("fireCount");
  expect(tableHref(dictionary, first)).toBe("/dictionaries/c1/latents");
  expect(tableHref({ kind: "run", runId: "r" }, readLatentParams(new URLSearchParams()))).toBe("/runs/r/latents");
});
