import type { BaselineName, ConfigOf } from "@/lib/contract/methods/methods";
import { type AdapterConfig, hasLatents, type LatentConfig, type RunConfig } from "@/lib/contract/run-config";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { Trained } from "@/server/engine/adapters/trained";
import type { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { AdapterTensors } from "@/server/engine/methods/adapter-module";
import { FullWeights } from "@/server/engine/methods/full/full-weights";
import type { HeadTensor } from "@/server/engine/models/encoders/encoder-model";
import type { Projection } from "@/server/engine/models/projection";
import { type AboutAdapter, toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { type FullConfigFile, fullFolder } from "@/server/files/adapters/full-folder";
import type { TrainedFolder } from "@/server/files/adapters/trained-folder";
import { fullOf } from "@/server/runtime/models/load-full";
import type { SavedSession } from "./training-checkpoint";

/** What is trained as it is written now, with the head in full where there is one. */
export type FolderOf = (trained: Trained | undefined, head: TrainedHead | undefined) => TrainedFolder;

type Beginning = {
  readonly projections: readonly Projection[];
  readonly saved: SavedSession | null;
  /** Of the adapter that the run starts from. */
  readonly initial: ReadonlyMap<string, AdapterTensors> | undefined;
};

/** What a training makes of a method's configuration. */
type PartOf<Config> = {
  folder(config: Config, about: AboutAdapter): FolderOf;
  begin(config: Config, seed: number, beginning: Beginning): Trained | undefined;
};

/** Of every method with latents: an adapter beside the frozen projections, in PEFT layout. */
const adapter: PartOf<LatentConfig> = {
  folder(settings, about) {
    const config = toAdapterConfigFile(settings, about);
    return (trained, head) => {
      if (trained?.adapter === undefined) throw new Error("expected an adapter, but none is trained");
      return { layout: "peft", config, tensors: trained.adapter.tensors(), savedTensors: savedTensors(head) };
    };
  },
  begin(settings, seed, { projections, saved, initial }) {
    const tensors = saved?.trained.layout === "peft" ? saved.trained.tensors : initial;
    if (tensors === undefined) return Adapter.create(projections, settings, seed);
    return new Adapter(planModules(projections, settings), tensors, projections);
  },
};

/** Weights in the place of the frozen ones, by the checkpoint's names. */
const full: PartOf<ConfigOf<"full">> = {
  folder({ targets }, about) {
    const config = checkpointConfig("full", targets, about);
    return (trained, head) => ({
      layout: "checkpoint",
      ...fullFolder(config, trained?.weights?.tensors() ?? new Map(), savedTensors(head)),
    });
  },
  begin({ targets }, _, { projections, saved }) {
    if (saved?.trained.layout === "checkpoint") return fullOf(saved.folder, saved.trained, projections).weights;
    return FullWeights.create(projections, targets);
  },
};

/** Nothing at the projections. */
const head: PartOf<ConfigOf<"head">> = {
  folder(_, about) {
    const config = checkpointConfig("head", null, about);
    return (_trained, trainedHead) => ({ layout: "checkpoint", ...fullFolder(config, new Map(), savedTensors(trainedHead)) });
  },
  begin: () => undefined,
};

const baselines: { readonly [Name in BaselineName]: PartOf<ConfigOf<Name>> } = { full, head };

function baselineOf<Name extends BaselineName>({ method }: { readonly method: Name }): PartOf<ConfigOf<Name>> {
  return baselines[method];
}

/** How what is trained will be written. */
export function folderOf(config: AdapterConfig, about: AboutAdapter): FolderOf {
  return hasLatents(config) ? adapter.folder(config, about) : baselineOf(config).folder(config, about);
}

/**
 * What a run trains at a model's projections, as it begins or as its checkpoint left it; undefined where the head is trained alone.
 *
 * @throws Error for targets that the model has not, FileError for a checkpoint of another shape
 */
export function beginTrained({ adapter: config, training }: RunConfig, beginning: Beginning): Trained | undefined {
  const { seed } = training;
  return hasLatents(config) ? adapter.begin(config, seed, beginning) : baselineOf(config).begin(config, seed, beginning);
}

/** The head's tensors of a checkpoint; undefined without one. */
export function savedHead(saved: SavedSession | null, projections: readonly Projection[]): ReadonlyMap<string, HeadTensor> | undefined {
  if (saved === null) return undefined;
  const { trained } = saved;
  if (trained.layout === "peft") return trained.savedTensors ?? new Map();
  const modules = new Set(projections.map(({ module }) => module));
  return new Map([...trained.tensors].filter(([name]) => !modules.has(name.slice(0, name.lastIndexOf(".")))));
}

function savedTensors(trainedHead: TrainedHead | undefined): Map<string, HeadTensor> {
  return trainedHead?.tensors() ?? new Map();
}

function checkpointConfig(
  training: FullConfigFile["training"],
  targets: ConfigOf<"full">["targets"],
  { baseModel, revision, fanInFanOut }: AboutAdapter,
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
