import type { LatentExample } from "@/lib/contract/latent";

export type ExampleFilter = { readonly from: number | null; readonly to: number | null; readonly domain: string | null };

/** The examples whose activation lies in the brushed range and whose text is of the chosen domain, strongest first. */
export function filterExamples(examples: readonly LatentExample[], { from, to, domain }: ExampleFilter): LatentExample[] {
  return examples
    .filter((example) => (from === null || example.activation >= from) && (to === null || example.activation <= to))
    .filter((example) => domain === null || example.domain === domain)
    .sort((a, b) => a.rank - b.rank);
}

/** Why nothing is shown: what the stored examples do cover. */
export function explainEmpty(examples: readonly LatentExample[], filter: ExampleFilter, write: (value: number) => string): string {
  const inDomain = examples.filter((example) => filter.domain === null || example.domain === filter.domain);
  if (inDomain.length === 0) return `None of the ${examples.length} strongest examples is of ${filter.domain ?? "this domain"}.`;
  const activations = inDomain.map((example) => example.activation);
  return `The ${inDomain.length} strongest examples${filter.domain === null ? "" : ` of ${filter.domain}`} have activations from ${write(Math.min(...activations))} to ${write(Math.max(...activations))}. Weaker firings are counted, but no text of theirs is kept.`;
}
