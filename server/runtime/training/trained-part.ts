import type { AdapterConfigFile } from "@/lib/contract/methods/methods";
import type { AdapterConfig, RunConfig } from "@/lib/contract/run-config";
import { Adapter } from "@/server/engine/adapters/adapter";
import { FullWeights } from "@/server/engine/adapters/full-weights";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { Trained } from "@/server/engine/adapters/trained";
import type { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { AdapterTensors } from "@/server/engine/methods/methods";
import type { HeadTensor } from "@/server/engine/models/encoders/encoder-model";
import type { Projection } from "@/server/engine/models/projection";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { type FullConfigFile, fullFolder } from "@/server/files/adapters/full-folder";
import type { TrainedFolder } from "@/server/files/adapters/trained-folder";
import { fullOf } from "@/server/runtime/models/load-full";
import type { SavedSession } from "./training-checkpoint";

/** The configuration file that is written beside what is trained. */
export type TrainedFile =
  | { readonly kind: "adapter"; readonly config: AdapterConfigFile }
  | { readonly kind: "full"; readonly config: FullConfigFile };

/** @param about.modulesToSave of a classification or a regression: the head's, as PEFT names them */
export function trainedFile(
  adapter: AdapterConfig,
  about: { baseModel: string | null; revision: string | null; fanInFanOut: boolean; modulesToSave?: readonly string[] },
): TrainedFile {
  switch (adapter.method) {
    case "stan":
    case "lora":
      return { kind: "adapter", config: toAdapterConfigFile(adapter, about) };
    case "full":
      return { kind: "full", config: fullFile("full", adapter.targets, about) };
    case "head":
      return { kind: "full", config: fullFile("head", null, about) };
  }
}

function fullFile(
  training: FullConfigFile["training"],
  targets: Extract<AdapterConfig, { method: "full" }>["targets"],
  { baseModel, revision, fanInFanOut }: Parameters<typeof trainedFile>[1],
): FullConfigFile {
  return {
    training,
    format_version: 1,
    base_model_name_or_path: baseModel,
    revision,
    target_modules: targets?.modules ?? null,
    layers_to_transform: targets?.layers ?? null,
    fan_in_fan_out: fanInFanOut,
  };
}

/** As it is written now: what is trained, and the head in full. */
export function trainedFolder(file: TrainedFile, trained: Trained | undefined, head: TrainedHead | undefined): TrainedFolder {
  const savedTensors = head?.tensors() ?? new Map<string, HeadTensor>();
  if (file.kind === "full") {
    const modules = trained?.method === "full" ? trained.tensors() : new Map();
    return { kind: "full", ...fullFolder(file.config, modules, savedTensors) };
  }
  if (trained === undefined || trained.method === "full") throw new Error("an adapter's file was planned, and no adapter is trained");
  return { kind: "adapter", config: file.config, tensors: trained.tensors(), savedTensors };
}

type Beginning = {
  readonly projections: readonly Projection[];
  readonly saved: SavedSession | null;
  /** Of the adapter that the run starts from. */
  readonly initial: ReadonlyMap<string, AdapterTensors> | undefined;
};

/**
 * What a run trains at a model's projections, as it begins or as its checkpoint left it; undefined where the head is trained alone.
 *
 * @throws Error for targets that the model has not, FileError for a checkpoint of another shape
 */
export function beginTrained({ adapter, training }: RunConfig, { projections, saved, initial }: Beginning): Trained | undefined {
  switch (adapter.method) {
    case "head":
      return undefined;
    case "full":
      if (saved?.trained.kind === "full") return fullOf(saved.folder, saved.trained, projections).weights;
      return FullWeights.create(projections, adapter.targets);
    case "stan":
    case "lora": {
      const tensors = saved?.trained.kind === "adapter" ? saved.trained.tensors : initial;
      if (tensors === undefined) return Adapter.create(projections, adapter, training.seed);
      return new Adapter(planModules(projections, adapter), tensors, projections);
    }
  }
}

/** The head's tensors of a checkpoint; undefined without one. */
export function savedHead(saved: SavedSession | null, projections: readonly Projection[]): ReadonlyMap<string, HeadTensor> | undefined {
  if (saved === null) return undefined;
  const { trained } = saved;
  if (trained.kind === "adapter") return trained.savedTensors ?? new Map();
  const modules = new Set(projections.map(({ module }) => module));
  return new Map([...trained.tensors].filter(([name]) => !modules.has(name.slice(0, name.lastIndexOf(".")))));
}
