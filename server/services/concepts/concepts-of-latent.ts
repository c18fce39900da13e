import type { LatentConcept } from "@/lib/contract/detection";
import type { LatentRef } from "@/lib/contract/edit";
import type { FoundConcepts } from "@/server/db/concepts/detections";

/**
 * The concepts of which a latent is among the best detectors, in the detections' order, then by the concept's place. A rank component may detect one with
 * its positive end and another with its negative one.
 */
export function conceptsOfLatent(found: readonly FoundConcepts[], { module, index }: LatentRef): LatentConcept[] {
  const isIt = ({ latent }: { readonly latent: LatentRef }) => latent.module === module && latent.index === index;
  return found.flatMap(({ id, dataName, concepts }) =>
    concepts.flatMap(({ name, rows, chosen, top }) => {
      const best = chosen !== null && isIt(chosen) ? chosen : undefined;
      const signs = ([1, -1] as const).filter((sign) => best?.sign === sign || top.some((one) => isIt(one) && one.sign === sign));
      return signs.map((sign) => ({
        ...{ detectionId: id, dataName, concept: name, rows, sign },
        ranking: top.find((one) => isIt(one) && one.sign === sign)?.ranking ?? null,
        report: best?.sign === sign ? { auroc: best.report.auroc, interval: best.interval.auroc } : null,
      }));
    }),
  );
}
