import { type NameTest, nameTest } from "@/lib/contract/expression";

/** Which projections are trained or carry an adapter. */
export type Targets = {
  /** Last parts of module names or whole names, as in PEFT; one string is a regular expression for the whole name. */
  readonly modules: readonly string[] | string;
  /** Only in these layers; in all when null. */
  readonly layers: readonly number[] | null;
};

/** A linear module of a base model, as `CausalModel.projections` lists them. */
export type AdaptableModule = {
  /** The checkpoint's own name. */
  readonly module: string;
  readonly name: string;
  readonly layer: number;
  readonly dIn: number;
  readonly dOut: number;
};

/**
 * The modules that targets name, in the model's order.
 *
 * @throws Error when a target matches nothing, listing what there is; RangeError for layers that are not there
 */
export function targetedModules<Module extends AdaptableModule>(projections: readonly Module[], targets: Targets): Module[] {
  demandTargets(projections, targets);
  const isNamed = namesTest(targets.modules);
  const isNamedBelow = namesTest(namedBelow(projections, targets.modules));
  return projections.filter(({ module, layer }) => (layer < 0 ? isNamedBelow : isNamed)(module) && isLayer(targets, layer));
}

/**
 * What targets name below a language model, in its vision encoder and projector (layers below 0): a bare name that the language model has, too, means
 * that one alone.
 */
function namedBelow(projections: readonly AdaptableModule[], modules: Targets["modules"]): Targets["modules"] {
  if (typeof modules === "string") return modules;
  const own = new Set(projections.flatMap(({ name, layer }) => (layer < 0 ? [] : [name])));
  return modules.filter((target) => !own.has(target));
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
  if (wanted.length === 0) throw new Error(`no target modules are given; the model's modules are ${names}`);
  const numLayers = projections.reduce((most, { layer }) => Math.max(most, layer + 1), 0);
  const outside = targets.layers?.find((layer) => layer < 0 || layer >= numLayers);
  if (outside !== undefined) throw new RangeError(`layer ${outside} is not in 0…${numLayers - 1}`);
  if (targets.layers?.length === 0) throw new RangeError(`the list of layers is empty; the model has layers 0…${numLayers - 1}`);
}
