import { baseFlopsPerToken } from "@/lib/contract/expected-cost";
import { type AdapterConfigFile, methodOfFile } from "@/lib/contract/methods/methods";
import type { Targets } from "@/lib/contract/methods/targets";
import type { Matrix, Vector } from "@/lib/contract/methods/tensors";
import type { ModelSummary } from "@/lib/contract/model";
import type { RunCost } from "@/lib/contract/run";
import type { LatentConfig } from "@/lib/contract/run-config";
import type { AdapterFolder, BaseProjections } from "@/server/files/adapters/adapter-folder";
import { targetTest } from "@/server/files/adapters/adapter-targets";

/**
 * An adapter's settings in the form of a run's configuration, from its file and the modules that it has.
 *
 * @param all modules of the base model that could have been adapted
 */
export function importedSettings({ config, tensors }: AdapterFolder, all: readonly string[]): LatentConfig {
  return { ...methodOfFile(config).peft.settings(config), targets: targetsOf(config, [...tensors.keys()], all) };
}

/** What the adapter weighs, and apart from it the head beside it; nothing of its training was measured here. */
export function importedCost({ config, tensors, savedTensors }: AdapterFolder, model: ModelSummary, base: BaseProjections): RunCost {
  const method = methodOfFile(config);
  const settings = method.peft.settings(config);
  let [trainableParameters, activeParameters] = [0, 0];
  let flopsPerToken = baseFlopsPerToken(model);
  for (const module of tensors.keys()) {
    const widths = base.get(module);
    if (widths === undefined) throw new Error(`${module} is not a projection of the base model`);
    const cost = method.moduleCost(settings, { module, ...widths });
    trainableParameters += cost.trainableParameters;
    activeParameters += cost.activeParameters;
    flopsPerToken += cost.flops;
  }
  const [first = {}] = tensors.values();
  const sharedNumbers = Object.entries<Matrix | Vector>(first).reduce(
    (sum, [part, { data }]) => sum + (method.peft.tensors[part]?.isShared === true ? data.length : 0),
    0,
  );
  const headParameters = [...savedTensors.values()].reduce((sum, { data }) => sum + data.length, 0);
  return {
    trainableParameters,
    activeParameters,
    baseParameters: model.parameters,
    flopsPerToken,
    adapterBytes: 4 * (trainableParameters + sharedNumbers + headParameters),
    ...(headParameters === 0 ? {} : { headParameters }),
    medianStepMs: null,
    tokensPerSecond: null,
    peakMemoryBytes: null,
  };
}

/**
 * The file's own list and layers. For an expression, and for a list of whole names as `all-linear` is saved, the last name parts and layers that mean
 * the same modules, or else their whole names.
 */
function targetsOf(config: AdapterConfigFile, modules: readonly string[], all: readonly string[]): Targets {
  const { target_modules: targets, exclude_modules: excluded, layers_pattern: pattern, layers_to_transform: layersOf } = config;
  if (Array.isArray(targets) && excluded == null && pattern == null && !targets.some((target) => all.includes(target))) {
    const layers = layersOf == null ? null : [layersOf].flat();
    // A head is trained in full: a target in it carries no adapter.
    const adapted = targets.filter((target) => all.some((module) => module.endsWith(`.${target}`)));
    return { modules: adapted, layers: layers?.length === 0 ? null : layers };
  }
  const names = [...new Set(modules.map((module) => module.slice(module.lastIndexOf(".") + 1)))].sort();
  const layers = [...new Set(modules.flatMap((module) => /\.(\d+)\./.exec(module)?.[1] ?? []))].map(Number).sort((a, b) => a - b);
  const chosen = [null, layers].find((some) => {
    const meant = all.filter(targetTest({ target_modules: names, layers_to_transform: some }));
    return meant.length === modules.length && meant.every((module) => modules.includes(module));
  });
  return chosen === undefined ? { modules: [...modules].sort(), layers: null } : { modules: names, layers: chosen };
}
