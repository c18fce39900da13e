import { type NameTest, nameTest } from "@/lib/contract/expression";
import { loraModuleSizes } from "@/lib/contract/methods/lora/settings";
import { stanModuleSizes } from "@/lib/contract/methods/stan/settings";
import type { AdapterModule, AdapterSettings, Targets } from "./settings";

/** A linear module of a base model, as `CausalModel.projections` lists them. */
export type AdaptableModule = {
  readonly module: string;
  readonly name: string;
  readonly layer: number;
  readonly dIn: number;
  readonly dOut: number;
};

/**
 * The modules that an adapter with these settings takes, in the model's order.
 *
 * @throws Error when a target matches nothing, listing what there is
 * @throws RangeError when a size is not a whole number above 0, or dropout not a share
 */
export function planModules(projections: readonly AdaptableModule[], settings: AdapterSettings): AdapterModule[] {
  const { targets } = settings;
  if (settings.method === "lora") demandDropout(settings.dropout ?? 0);
  return targetedModules(projections, targets).map(({ module, name, layer, dIn, dOut }): AdapterModule => {
    const place = { module, name, layer, dIn, dOut };
    if (settings.method === "lora") {
      const { rank, scaling } = loraModuleSizes(settings, module);
      demandSizes(module, { rank });
      return { ...place, method: "lora", numLatents: rank, scaling, dropout: settings.dropout, isDora: settings.useDora === true };
    }
    const { numLatents, k, scaling } = stanModuleSizes(settings, module);
    demandSizes(module, { numLatents, k });
    return { ...place, method: "stan", numLatents, k, scaling, selection: settings.selection };
  });
}

/**
 * The modules that targets name, in the model's order.
 *
 * @throws Error when a target matches nothing, listing what there is; RangeError for layers that are not there
 */
export function targetedModules<Module extends AdaptableModule>(projections: readonly Module[], targets: Targets): Module[] {
  demandTargets(projections, targets);
  const isNamed = namesTest(targets.modules);
  return projections.filter(({ module, layer }) => isNamed(module) && isLayer(targets, layer));
}

function namesTest(modules: Targets["modules"]): NameTest {
  if (typeof modules === "string") return nameTest(modules);
  return (module) => modules.some((target) => module === target || module.endsWith(`.${target}`));
}

function isLayer({ layers }: Targets, layer: number): boolean {
  return layers === null || layers.includes(layer);
}

function demandTargets(projections: readonly AdaptableModule[], targets: Targets): void {
  const names = [...new Set(projections.map(({ name }) => name))].join(", ");
  const wanted = typeof targets.modules === "string" ? [targets.modules] : targets.modules;
  const isExpression = typeof targets.modules === "string";
  for (const target of wanted) {
    const isNamed = namesTest(isExpression ? target : [target]);
    if (!projections.some(({ module }) => isNamed(module)))
      throw new Error(`target "${target}" matches no module of the model; its modules are ${names}`);
  }
  if (wanted.length === 0) throw new Error(`no target module is named; the model's modules are ${names}`);
  const numLayers = projections.reduce((most, { layer }) => Math.max(most, layer + 1), 0);
  const outside = targets.layers?.find((layer) => layer < 0 || layer >= numLayers);
  if (outside !== undefined) throw new RangeError(`layer ${outside} is not in 0…${numLayers - 1}`);
  if (targets.layers?.length === 0) throw new RangeError(`the list of layers is empty; the model has layers 0…${numLayers - 1}`);
}

function demandDropout(dropout: number): void {
  if (!(dropout >= 0 && dropout < 1)) throw new RangeError(`dropout must be in 0…1, 1 not included, and is ${dropout}`);
}

function demandSizes(module: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`${module}: ${name} must be a whole number above 0, and is ${size}`);
  }
}
