import type { DetectedConcept } from "@/lib/contract/detection";

export type ConceptKey = "name" | "auroc" | "averagePrecision";
export type ConceptOrder = { readonly key: ConceptKey; readonly order: "asc" | "desc" };

/** Concepts in an order; those that no latent is active for come last. */
export function orderConcepts(concepts: readonly DetectedConcept[], { key, order }: ConceptOrder): DetectedConcept[] {
  const sign = order === "asc" ? 1 : -1;
  if (key === "name") return concepts.toSorted((a, b) => sign * a.name.localeCompare(b.name));
  const measureOf = ({ chosen }: DetectedConcept) => chosen?.report[key] ?? null;
  return concepts.toSorted((a, b) => {
    const [first, second] = [measureOf(a), measureOf(b)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    return sign * (first - second);
  });
}

/** Whether the interval of the chosen latent's AUROC lies above chance. */
export function isDetected({ chosen }: DetectedConcept): boolean {
  return chosen !== null && chosen.interval.auroc[0] > 0.5;
}
