import type { AdapterModule, AdapterSettings } from "@/server/engine/methods/adapter-module";
import { methodOf } from "@/server/engine/methods/methods";
import { type AdaptableModule, targetedModules } from "@/server/engine/methods/targets";

/**
 * The modules that an adapter with these settings takes, in the model's order.
 *
 * @throws Error when a target matches nothing, listing what there is
 * @throws RangeError when a size is not a whole number above 0, or dropout not a share
 */
export function planModules(projections: readonly AdaptableModule[], settings: AdapterSettings): AdapterModule[] {
  return targetedModules(projections, settings.targets).map((place) => methodOf(settings).plan(settings, place));
}
