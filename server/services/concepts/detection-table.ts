import { probingCells, probingColumns } from "@/lib/contract/probing";
import type { ServiceContext } from "@/server/services/context";
import { csvLine } from "@/server/services/csv";
import { ServiceError } from "@/server/services/errors";
import { getDetection } from "./detections";

const columns = ["concept", "choice", "module", "index", "sign", "auroc", "aurocLow", "aurocHigh", "averagePrecision"];
const onlyOfTop = ["hardAuroc", "hardAveragePrecision", "positivesActive", "negativesActive"];

/**
 * What a detection found, as CSV. `choice` is `report` for the latent that one half of a concept's rows chose, with its numbers on the other half, and
 * `all` for the best latents over all rows.
 *
 * @throws ServiceError `conflict` when it has found nothing yet
 */
export async function detectionTable(context: ServiceContext, detectionId: string): Promise<AsyncGenerator<string>> {
  const { concepts } = await resultOf(context, detectionId);
  return (async function* () {
    yield csvLine([...columns, ...onlyOfTop]);
    for (const { name, chosen, top } of concepts) {
      if (chosen !== null) {
        const { latent, sign, report, interval } = chosen;
        const cells = [name, "report", latent.module, latent.index, sign, report.auroc, ...interval.auroc, report.averagePrecision];
        yield csvLine([...cells, null, null, null, null]);
      }
      for (const { latent, sign, ranking, hard, active } of top) {
        const cells = [name, "all", latent.module, latent.index, sign, ranking.auroc, null, null, ranking.averagePrecision];
        yield csvLine([...cells, hard?.auroc ?? null, hard?.averagePrecision ?? null, active.positives, active.negatives]);
      }
    }
  })();
}

/**
 * A detection's probes, as CSV.
 *
 * @throws ServiceError `conflict` when it has no result yet, or was started without probes
 */
export async function probesTable(context: ServiceContext, detectionId: string): Promise<AsyncGenerator<string>> {
  const { concepts, probes } = await resultOf(context, detectionId);
  if (probes === null) throw new ServiceError("conflict", "The detection was started without probes: start one with probe set to true.");
  return (async function* () {
    yield csvLine(probingColumns);
    for (const [at, { name }] of concepts.entries()) {
      const ofConcept = probes[at];
      for (const cells of ofConcept === undefined ? [] : probingCells(name, ofConcept)) yield csvLine(cells);
    }
  })();
}

async function resultOf(context: ServiceContext, detectionId: string) {
  const { concepts, probes } = await getDetection(context, detectionId);
  if (concepts === null) throw new ServiceError("conflict", "The detection has no result yet: wait until its job has finished.");
  return { concepts, probes };
}
