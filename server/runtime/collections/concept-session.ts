import type { Concept } from "@/lib/contract/concept";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { ConceptProbes } from "@/lib/contract/probing";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { inputMeansForward, readModuleInputs } from "@/server/engine/concepts/module-inputs";
import { type LatentProbing, probeLatents, probeStates } from "@/server/engine/concepts/probing";
import { type RowActivations, readRowActivations } from "@/server/engine/concepts/row-activations";
import type { ConceptData } from "@/server/files/data/concept-rows";
import type { DataSet } from "@/server/files/data/data-set";
import type { DeviceTurns } from "@/server/runtime/device-turns";
import { kindOfModel } from "@/server/runtime/models/kinds/model-kinds";
import type { LoadedBase } from "@/server/runtime/models/load-base-model";
import type { ReadRow } from "@/server/runtime/rows/read-row";
import { runInParts } from "@/server/runtime/run-in-parts";
import { takeTurns } from "@/server/runtime/take-turns";
import { adapterPass, type PassForward, type RowsPass } from "./collection-pass";
import { layPasses } from "./collection-session";
import { conceptProbesOf } from "./concept-probes";
import { countable, planShards } from "./shard-plan";

/** Numbers of all rows of concepts, ascending. */
export function rowsOfConcepts(concepts: readonly Concept[]): Int32Array {
  const rows = concepts.flatMap(({ positives, negatives, hardNegatives }) => [...positives, ...negatives, ...hardNegatives]);
  return Int32Array.from(new Set(rows)).sort();
}

/**
 * The rows of concepts as the model reads them; a pair is written with its chat template where it has one.
 *
 * @throws Error for a model that reads images, FileError naming the row that cannot be read
 */
export async function readConceptRows(
  base: LoadedBase,
  dataSet: DataSet,
  { concepts, mapping }: ConceptData,
  { maxTokens, signal }: { readonly maxTokens: number; readonly signal: AbortSignal },
): Promise<ReadRow[]> {
  const kind = kindOfModel(base);
  if (kind.labelled === "images") throw new Error("detection reads texts, but the model reads images");
  const useChatTemplate = base.tokenizer !== null && base.tokenizer.chatTemplate !== null;
  const data = { kind: "dataSet", path: dataSet.path, mapping, useChatTemplate, domains: null, validationRows: 0 } as const;
  const longest = Math.min(maxTokens, kind.longestRow(base));
  return kind.rows(base).texts(dataSet, rowsOfConcepts(concepts), { data, maxTokens: longest, signal });
}

export type ConceptPass = {
  readonly base: LoadedBase;
  readonly adapter: Adapter;
  readonly rows: readonly ReadRow[];
  /** Rows of one forward pass. */
  readonly batchRows: number;
  readonly turns: DeviceTurns;
  readonly signal: AbortSignal;
};

/** Each latent's activations in each row, with the place of each row by its number. */
export type ConceptActivations = RowActivations & { readonly placeOf: ReadonlyMap<number, number> };

/**
 * Each latent's highest activation in each row, and its mean for probes. Special tokens are left out, as in AxBench and SAEBench: the first token of a text
 * alone would win many rows.
 *
 * @param onProgress told how many rows are through
 * @throws Error when aborted
 */
export async function readConceptActivations(
  pass: ConceptPass & { readonly withMeans: boolean },
  onProgress: (rows: number) => void = () => {},
): Promise<ConceptActivations> {
  const { adapter, turns, signal, withMeans } = pass;
  const { isDense } = latentMethodOf(adapter);
  const shapes = new Map(adapter.modules.map(({ module, numLatents }) => [module, { numLatents, isSigned: isDense }]));
  const { placeOf, inputs } = layConceptRows(pass, adapterPass(adapter));
  const reading = readRowActivations({ shapes, placeOf, withMeans }, inputs);
  return { placeOf, ...(await takeTurns(reading, { turns, kind: "background", signal }, ({ rows }) => onProgress(rows))) };
}

type ProbeOptions = {
  readonly concepts: readonly Concept[];
  readonly seed: number;
  /** Told of how many concepts the latents are probed. */
  onConcepts?(done: number): void;
  /** Told how many rows of the base model's pass are through. */
  onRows?(done: number): void;
};

/**
 * Sparse probes of concepts on the adapter's latents, each beside probes on what the module of its latents reads in the base model.
 *
 * @throws Error when aborted
 */
export async function probeConcepts(
  pass: ConceptPass,
  activations: ConceptActivations,
  { concepts, seed, onConcepts, onRows }: ProbeOptions,
): Promise<ConceptProbes[]> {
  const { adapter, turns, signal } = pass;
  const probings: LatentProbing[] = [];
  for (const concept of concepts) {
    onConcepts?.(probings.length);
    probings.push(await runInParts(probeLatents(activations, concept, seed), signal));
  }
  const chosen = new Set(probings.map(({ module }) => module));
  const modules = adapter.modules.filter(({ module }) => chosen.has(module));
  const { placeOf, inputs } = layConceptRows(pass, (model) => inputMeansForward(model, modules));
  const reading = readModuleInputs(placeOf, inputs);
  const read = await takeTurns(reading, { turns, kind: "background", signal }, ({ rows }) => onRows?.(rows));
  const probes: ConceptProbes[] = [];
  for (const probing of probings) probes.push(conceptProbesOf(await runInParts(probeStates(probing, read, seed), signal)));
  return probes;
}

/** Passes over all rows, which have the same places whatever the passes tell. */
function layConceptRows<Told>({ base, rows, batchRows }: ConceptPass, forwardOf: PassForward<Told>) {
  const plan = planShards(rows, { batchRows, shardTokens: Number.POSITIVE_INFINITY, countSpecialTokens: false }, countable(base));
  const ordered = plan.shards.flatMap((shard) => shard.rows);
  const lay = kindOfModel(base).passes(base, forwardOf, ordered);
  function* inputs(): Generator<RowsPass<Told>> {
    for (const shard of plan.shards.keys()) yield* layPasses(plan, shard, lay);
  }
  return { placeOf: new Map(ordered.map(({ row }, place) => [row, place])), inputs: inputs() };
}
