import { join } from "node:path";
import { csvField } from "@/lib/numbers/csv-field";
import { bestOfModules, type ConceptDetection, detectConcept } from "@/server/engine/concepts/detection";
import { startEngine } from "@/server/engine/tensor/backend";
import { writeFileAtomically } from "@/server/files/atomic-write";
import { readConcepts } from "@/server/files/data/concept-rows";
import { openDataSet } from "@/server/files/data/data-set";
import { probeConcepts, readConceptActivations, readConceptRows } from "@/server/runtime/collections/concept-session";
import { demandAdapter } from "@/server/runtime/models/loaded-top";
import { runInParts } from "@/server/runtime/run-in-parts";
import { createRuntime } from "@/server/runtime/runtime";
import { type Arguments, countOr } from "./arguments";
import { writeInto } from "./output-folder";
import { precisionAsked } from "./precision-asked";
import { probingLine, probingLines } from "./probing-lines";

/** All four are our choice. */
const defaults = { length: 512, batchRows: 8, top: 20, seed: 0 };

/**
 * Writes how well each latent detects each concept: `detection.csv` and `concepts.json`; with --probe also `probing.csv`. Prints the best latent of each
 * concept, and its probes.
 */
export async function detect(given: Arguments): Promise<void> {
  const output = given.required("output");
  const [batchRows, top, seed] = [
    countOr(given, "batch-rows", defaults.batchRows),
    countOr(given, "top", defaults.top),
    countOr(given, "seed", defaults.seed, 0),
  ];
  const length = countOr(given, "max-length", defaults.length);
  const withProbes = given.isPresent("probe");
  const dataSet = openDataSet(given.required("concepts"));
  const named = await readConcepts(dataSet, given.value("by"));
  const { concepts } = named;
  await startEngine();
  const runtime = createRuntime(() => performance.now());
  const folder = given.required("adapter");
  const { value } = await runtime.model({ path: given.required("model"), precision: precisionAsked(given), folder }, "background");
  const { base } = value;
  const adapter = demandAdapter(value, folder);
  const signal = new AbortController().signal;
  const rows = await readConceptRows(base, dataSet, named, { maxTokens: length, signal });
  const pass = { base, adapter, rows, batchRows, turns: runtime.turns, signal };
  const found = await readConceptActivations({ ...pass, withMeans: withProbes });
  const detections: ConceptDetection[] = [];
  for (const concept of concepts) detections.push(await runInParts(detectConcept(found, concept, { top, seed }), signal));
  const probes = withProbes ? await probeConcepts(pass, found, { concepts, seed }) : [];
  const probings = probes.map((ofConcept, at) => ({ name: concepts[at]?.name ?? "", probes: ofConcept }));
  writeInto(output, (into) => {
    writeFileAtomically(join(into, "detection.csv"), detectionLines(detections));
    writeFileAtomically(join(into, "concepts.json"), `${JSON.stringify(detections.map(summaryOf), null, 2)}\n`);
    if (withProbes) writeFileAtomically(join(into, "probing.csv"), probingLines(probings));
  });
  for (const detection of detections) process.stdout.write(`${lineOf(detection)}\n`);
  for (const probing of probings) process.stdout.write(`${probingLine(probing)}\n`);
}

const columns = "concept,module,latent,sign,auroc,averagePrecision,hardAuroc,hardAveragePrecision,positivesActive,negativesActive";

/** The best detectors of each concept over all of its rows. */
function* detectionLines(detections: readonly ConceptDetection[]): Generator<string> {
  yield `${columns}\n`;
  for (const { concept, top } of detections) {
    for (const { module, latent, sign, ranking, hard, active } of top) {
      const cells = [concept.name, module, latent, sign, ranking.auroc, ranking.averagePrecision];
      yield `${[...cells, hard?.auroc ?? null, hard?.averagePrecision ?? null, active.positives, active.negatives].map(csvField).join(",")}\n`;
    }
  }
}

/** Of each module the detector that one half of the rows chose, with its numbers on the other half. */
function summaryOf({ concept, modules }: ConceptDetection): object {
  const { name, positives, negatives, hardNegatives } = concept;
  const rows = { positives: positives.length, negatives: negatives.length, hardNegatives: hardNegatives.length };
  return { concept: name, rows, best: bestOfModules(modules) ?? null, modules };
}

function lineOf({ concept, modules }: ConceptDetection): string {
  const best = bestOfModules(modules);
  if (best === undefined) return `no latent is active in the positive rows of ${concept.name}`;
  const { report, interval, selection, module, latent, sign } = best;
  const [low, high] = interval.auroc.map((value) => value.toFixed(3));
  const place = `${module} #${latent}${sign === 1 ? "" : ", negative end"}`;
  const choice = `${selection.auroc.toFixed(3)} on the half that chose it`;
  return `AUROC ${report.auroc.toFixed(3)} [${low}, ${high}] (${choice}): ${place} for ${concept.name}`;
}
