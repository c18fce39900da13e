import { formMethodOf } from "@/components/methods/forms";
import { isSame } from "@/components/ui/is-same";
import { feedForwardWriter } from "@/lib/contract/architectures/architectures";
import { isDenseMethod, methodOf } from "@/lib/contract/methods/methods";
import { isEncoder, type ModelSummary } from "@/lib/contract/model";
import type { RunSummary } from "@/lib/contract/run";
import type { RunMethod, StoredRunConfig } from "@/lib/contract/run-config";
import { formatInteger } from "@/lib/numbers/format";
import { countParameters, sumOver } from "./count-parameters";
import { writeLayers } from "./layer-list";
import { type Measured, measured } from "./preset-evidence";
import { choosesTargets, newRunForm, type RunForm } from "./run-form";
import { matchesTarget, targetName } from "./target-names";

/** Where a run is trained, and how wide. */
export type Preset = {
  readonly name: string;
  /** Modules, layers and sizes. */
  readonly says: string;
  /** Why one would choose it. */
  readonly reason: string;
  /** What was measured of such settings, with its numbers. */
  readonly measured: Measured;
  readonly changes: Partial<RunForm>;
};

/** The method whose latents the presets set the size of. */
const sparse: RunMethod = "stan";
/** Of the preset for steering, over the defaults: latents, latents kept per token, and how many layers it takes; as in the setting that was measured. */
const timesWider = 2;
const timesFewerKept = 4;
const fewLayers = 2;

/** The presets over a model that need no other run. */
export function presetsOf(form: RunForm, model: ModelSummary): readonly Preset[] {
  const wide = inspect(form, model);
  return wide === null ? [adapt(form, model)] : [adapt(form, model), wide];
}

function adapt(form: RunForm, model: ModelSummary): Preset {
  const { numLatents, k } = newRunForm(model);
  return {
    name: "Adapt",
    says: `${model.defaultTargets.join(" and ")}, all ${formatInteger(model.numLayers)} layers, M = ${formatInteger(numLatents)}`,
    reason: "The usual targets of LoRA.",
    measured: measured.adapt,
    changes: {
      ...(choosesTargets(form) ? {} : { method: "both" as const }),
      modules: model.defaultTargets,
      layers: null,
      ...sizes(form, numLatents, k),
    },
  };
}

function inspect(form: RunForm, model: ModelSummary): Preset | null {
  const whole = feedForwardWriter(model.architecture);
  // A decoder's projections are known by the last part of their names.
  const writer = model.projections.find(({ name }) => whole !== undefined && matchesTarget(whole, name));
  if (writer === undefined) return null;
  const { numLatents, k } = newRunForm(model);
  const target = targetName(writer, model.projections);
  const layers = middleLayers(model.numLayers);
  const size = { numLatents: timesWider * numLatents, k: Math.max(1, Math.round(k / timesFewerKept)) };
  return {
    name: "Inspect and steer",
    says: `${target}, ${layers.length === 1 ? "layer" : "layers"} ${writeLayers(layers)}, M = ${formatInteger(size.numLatents)}, k = ${formatInteger(size.k)}`,
    reason: "Few latents per token in few modules that write to the residual stream: each writes much of the update.",
    measured: isEncoder(model) ? { ...measured.inspect, rest: `${measured.inspect.rest} Not measured on encoders.` } : measured.inspect,
    changes: { method: sparse, modules: [target], layers, ...sizes(form, size.numLatents, size.k) },
  };
}

/** A few layers in the middle of the model; which layers serve best was not measured. */
export function middleLayers(numLayers: number): number[] {
  const count = Math.min(fewLayers, numLayers);
  const from = Math.floor((numLayers - count) / 2);
  return Array.from({ length: count }, (_, at) => from + at);
}

/** Whether a run is of dense components, so that a sparse one can be made like it. */
export function isDense({ method, modelId, cost }: Pick<RunSummary, "method" | "modelId" | "cost">, model: ModelSummary): boolean {
  return modelId === model.id && cost !== null && isDenseMethod(method);
}

/** The modules of another run, about as many trained parameters as it has, and the k / M of our defaults; null where it names no module of this model. */
export function likeRun(form: RunForm, model: ModelSummary, { config, cost }: { config: StoredRunConfig; cost: RunSummary["cost"] }) {
  const targets = methodOf(config.adapter).targetsOf(config.adapter);
  if (typeof targets !== "object" || cost === null) return null;
  const { kinds } = countParameters(model, targets.modules, targets.layers);
  const perLatent = sumOver(kinds, ({ dIn, dOut }) => dIn + dOut);
  if (perLatent === 0) return null;
  const plain = newRunForm(model);
  const numLatents = Math.max(1, Math.round(cost.trainableParameters / perLatent));
  const k = Math.max(1, Math.round((numLatents * plain.k) / plain.numLatents));
  return { method: sparse, modules: targets.modules, layers: targets.layers, ...sizes(form, numLatents, k) } satisfies Partial<RunForm>;
}

/** Whether the form has all that a preset sets. */
export function isChosen(form: RunForm, { changes }: Preset): boolean {
  return Object.entries(changes).every(([key, value]) => isSame(Reflect.get(form, key), value));
}

/** One size for all modules. */
function sizes(form: RunForm, numLatents: number, k: number): Partial<RunForm> {
  return { ...formMethodOf({ method: sparse }).fieldsOfSizes?.(form, { numLatents, k, rank: null }), latentsPattern: {}, kPattern: {} };
}
