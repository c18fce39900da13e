import type { CollectionModule } from "@/lib/contract/latent";

type Place = Pick<CollectionModule, "layer" | "projection" | "name">;

/**
 * Neuronpedia's ids of a collection's modules, in their order: `12-stan-q_proj-<subject>`. They begin with the layer's number, as its importer asks;
 * modules of one layer whose projections share a name are distinguished by the full name.
 */
export function sourceIdsOf(modules: readonly Place[], subject: { method: string; id: string }): string[] {
  const short = modules.map(({ layer, projection }) => `${layer}-${subject.method}-${slug(projection)}`);
  return modules.map(({ layer, name }, place) => {
    const own = short[place] ?? "";
    const isShared = short.some((other, otherPlace) => otherPlace !== place && other === own);
    return `${isShared ? `${layer}-${subject.method}-${slug(name)}` : own}-${subject.id}`;
  });
}

/** Letters, digits, dots and single underscores (Neuronpedia cuts a source's name at two); all else becomes one hyphen. */
export function slug(text: string): string {
  return (
    text
      .replace(/[^A-Za-z0-9._]+/g, "-")
      .replace(/_{2,}/g, "_")
      .replace(/^[-.]+|-+$/g, "")
      .slice(0, 80) || "unnamed"
  );
}
