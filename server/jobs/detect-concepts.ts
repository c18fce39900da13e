import type { Concept } from "@/lib/contract/concept";
import { type DetectedConcept, mostConcepts, mostRowsOfKind } from "@/lib/contract/detection";
import { formatPlural } from "@/lib/numbers/format";
import { readDetection, storeDetectionResult } from "@/server/db/concepts/detections";
import { readDataSet } from "@/server/db/library/data-sets";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { storable } from "@/server/db/storable";
import { bestOfModules, type ConceptDetection, type Detector, detectConcept } from "@/server/engine/concepts/detection";
import { readConcepts } from "@/server/files/data/concept-rows";
import { openDataSet } from "@/server/files/data/data-set";
import { spread } from "@/server/files/data/row-plan";
import { FileError } from "@/server/files/file-error";
import { probeConcepts, readConceptActivations, readConceptRows } from "@/server/runtime/collections/concept-session";
import { runInParts } from "@/server/runtime/run-in-parts";
import type { JobAtWork } from "./job-at-work";
import { openReading } from "./open-run";

/** Rows of a pass, tokens kept of a row, and latents kept for each concept; all three ours. */
const settings = { batchRows: 8, maxTokens: 512, top: 20 };

/**
 * Scores every latent of a run as a detector of a dataset's concepts, and trains probes where they are asked for. The result is written once; a detection whose worker died starts over.
 *
 * @throws Error saying what is missing or too much
 */
export async function detectConcepts(job: JobAtWork, detectionId: string): Promise<void> {
  const { context, report, signal } = job;
  const { db } = context.store;
  const detection = await retryWhileDown(() => readDetection(db, detectionId));
  if (detection === undefined) throw new Error("the detection was removed");
  const { request, runId } = detection;
  const dataSet = await retryWhileDown(() => readDataSet(db, request.dataSetId));
  if (dataSet === undefined) throw new Error(`the dataset ${detection.dataName} was removed`);
  report({ message: "Reading the concepts", unit: "rows", done: 0 });
  const data = openDataSet(dataSet.path);
  const all = await readConcepts(data, request.by ?? undefined);
  demandFew(dataSet.path, all.concepts.length);
  const named = { ...all, concepts: all.concepts.map(withFewRows) };
  report({ message: "Loading the adapter" });
  const open = await openReading(context, runId);
  try {
    const rows = await readConceptRows(open.base, data, named, { maxTokens: settings.maxTokens, signal });
    const of = `${formatPlural(named.concepts.length, "concept")} of ${detection.dataName}`;
    const total = request.probe ? 2 * rows.length : rows.length;
    report({ message: `Reading rows of ${of}`, done: 0, total });
    const { base, adapter } = open;
    const pass = { base, adapter, rows, batchRows: settings.batchRows, turns: context.runtime.turns, signal };
    const found = await readConceptActivations({ ...pass, withMeans: request.probe }, (done) => report({ done, total }));
    const concepts: DetectedConcept[] = [];
    for (const concept of named.concepts) {
      report({ message: `Scoring latents: ${concepts.length} of ${of}` });
      concepts.push(toContract(await runInParts(detectConcept(found, concept, { top: settings.top, seed: request.seed }), signal)));
    }
    const probes = !request.probe
      ? null
      : await probeConcepts(pass, found, {
          ...{ concepts: named.concepts, seed: request.seed },
          onConcepts: (done) => report({ message: `Training probes: ${done} of ${of}` }),
          onRows: (done) => report({ message: `Reading rows of ${of} in the base model`, done: rows.length + done, total }),
        });
    await job.confirm();
    if (!(await retryWhileDown(() => storeDetectionResult(db, detectionId, storable({ concepts, probes }))))) {
      throw new Error("the detection was removed");
    }
    report({ message: of, done: total, total });
  } finally {
    open.close();
  }
}

function demandFew(path: string, concepts: number): void {
  if (concepts > mostConcepts) {
    throw new FileError(
      "tooLarge",
      path,
      `names ${concepts} concepts; the limit is ${mostConcepts} (ours): use a smaller dataset, or the command detect (docs/commands.md)`,
    );
  }
}

/** Evenly spaced over the dataset where there are more than are read. */
function withFewRows({ name, ...rows }: Concept): Concept {
  const few = (of: readonly number[]) => [...spread(Int32Array.from(of), mostRowsOfKind)];
  return { name, positives: few(rows.positives), negatives: few(rows.negatives), hardNegatives: few(rows.hardNegatives) };
}

function toContract({ concept, modules, top }: ConceptDetection): DetectedConcept {
  const chosen = bestOfModules(modules);
  return {
    name: concept.name,
    rows: {
      positives: concept.positives.length,
      negatives: concept.negatives.length,
      hardNegatives: concept.hardNegatives.length,
    },
    chosen:
      chosen === undefined ? null : { ...named(chosen), selection: chosen.selection, report: chosen.report, interval: chosen.interval },
    top: top.map((one) => ({ ...named(one), ranking: one.ranking, hard: one.hard, active: one.active })),
  };
}

function named({ module, latent, sign }: Detector): Pick<DetectedConcept["top"][number], "latent" | "sign"> {
  return { latent: { module, index: latent }, sign };
}
