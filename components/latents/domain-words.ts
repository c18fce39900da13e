import { isOfNoisyImages } from "@/lib/contract/latent";

/** What a collection's domains are called: those of a diffusion model are its time steps. */
export function domainWords(collection: Parameters<typeof isOfNoisyImages>[0]): { readonly one: string; readonly all: string } {
  return isOfNoisyImages(collection) ? { one: "Time step", all: "All time steps" } : { one: "Domain", all: "All domains" };
}
