import type { Edit } from "@/lib/contract/edit";
import type { MeasureEffectsRequest } from "@/lib/contract/effect";

/** What a job needs to know, by the job's kind; kept in the job's row. */
export type JobInput =
  /** From the hub by id (as safetensors or one GGUF file), or SmolLM2-135M-Instruct from wherever it can be had. */
  | { kind: "fetchModel"; source: { from: "hub"; id: string; revision: string | null; file?: string } | { from: "smollm2" } }
  /** A Hugging Face folder or .gguf file on the server's disk; `isOwned` says that it lies in the data folder and goes with the model. */
  | { kind: "addModel"; path: string; name: string | null; isOwned: boolean }
  /** A file or folder of rows on the server's disk; `isOwned` says that it was uploaded and goes when it cannot be read. */
  | { kind: "addDataSet"; path: string; name: string | null; isOwned: boolean }
  | { kind: "demonstration"; model: "small" | "smollm2" }
  | { kind: "measureEffects"; collectionId: string; request: MeasureEffectsRequest }
  /** A Neuronpedia export, a folder or an archive on the server's disk; `isOwned` says that it was uploaded and goes when it is read. */
  | { kind: "importDictionary"; path: string; name: string | null; isOwned?: boolean }
  /** Measures a run on benchmarks, one after the other. */
  | { kind: "benchmark"; runId: string; benchmarkIds: string[] }
  /** What is studied stands with the study. */
  | { kind: "study"; runId: string; studyId: string }
  /** Scores latents as detectors of concepts; what is read stands with the detection. */
  | { kind: "detect"; runId: string; detectionId: string }
  /** Writes `edits` into a copy of the run's adapter; the derived run gets its id and name when that is done. */
  | { kind: "bake"; runId: string; derived: { id: string; name: string }; edits: Edit[] };
