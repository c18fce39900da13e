import type { Edit } from "@/lib/contract/edit";
import type { CollectionModule } from "@/lib/contract/latent";
import type { NeuronpediaSteering } from "@/lib/contract/neuronpedia-steering";
import type { EditHome, Unplaced } from "./placed-edits";

/**
 * Neuronpedia's features as edits that add strength × multiplier to the latent's activation. Sources are placed by the names that an export of this run has:
 * `12-stan-v_proj-…`, or with the module's whole name.
 */
export function neuronpediaEdits(
  { features, strength_multiplier = 1, steer_special_tokens }: NeuronpediaSteering,
  home: EditHome,
): { readonly edits: readonly Edit[]; readonly unplaced: readonly Unplaced[] } {
  const edits: Edit[] = [];
  const unplaced: Unplaced[] = [];
  for (const { layer, index, strength } of features) {
    const module = moduleOfSource(layer, home);
    const what = `${layer}, feature ${index}`;
    if (module === undefined) unplaced.push({ what, reason: reasonOf(layer, home) });
    else if (index >= module.numLatents) unplaced.push({ what, reason: `${module.name} has latents 0 – ${module.numLatents - 1}.` });
    else {
      edits.push({
        operation: "add",
        latent: { module: module.name, index },
        value: strength * strength_multiplier,
        isOn: true,
        scope: "all",
        ...(steer_special_tokens === false ? { skipsSpecialTokens: true } : {}),
      });
    }
  }
  return { edits, unplaced };
}

/** The module that a source's name means; of two that fit, the one whose whole name stands there. */
export function moduleOfSource(source: string, { modules, method }: EditHome): CollectionModule | undefined {
  const fits = (module: CollectionModule, name: string) => `${source}-`.startsWith(`${module.layer}-${method}-${name}-`);
  const byProjection = modules.filter((module) => fits(module, module.projection));
  return modules.find((module) => fits(module, module.name)) ?? (byProjection.length === 1 ? byProjection[0] : undefined);
}

function reasonOf(source: string, { modules, method }: EditHome): string {
  const layer = /^(\d+)-/.exec(source)?.[1];
  if (modules.length === 0) return "This run has no statistics yet, so its modules are unknown.";
  if (layer === undefined) return "Its layer does not begin with a number, as a source’s name does.";
  const inLayer = modules.filter((module) => String(module.layer) === layer);
  if (inLayer.length === 0) return `This run adapts nothing in layer ${layer}.`;
  const names = inLayer.map(({ projection }) => `${layer}-${method}-${projection}`);
  return `No module of this run goes by that name: in layer ${layer} there are ${names.join(", ")}.`;
}
