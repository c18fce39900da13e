import { Adapter } from "@/server/engine/adapters/adapter";
import type { AdapterTensors } from "@/server/engine/adapters/init";
import { type AdaptableModule, planModules } from "@/server/engine/adapters/plan-modules";
import type { AdapterSettings } from "@/server/engine/adapters/settings";
import { randomValues } from "@/tests/server/engine/tensor/engines";

/** An adapter that writes about as much as the base model does, so that an edit shows, with its matrices. */
export function randomAdapter(
  projections: readonly AdaptableModule[],
  settings: AdapterSettings,
): { adapter: Adapter; tensors: ReadonlyMap<string, AdapterTensors> } {
  const modules = planModules(projections, settings);
  const tensors = new Map(
    modules.map(({ module, numLatents, dIn, dOut }, i): [string, AdapterTensors] => {
      const reading = { shape: [numLatents, dIn] as const, data: randomValues(numLatents * dIn, 2 * i + 1) };
      const writing = { shape: [dOut, numLatents] as const, data: randomValues(dOut * numLatents, 2 * i + 2) };
      return [module, settings.method === "stan" ? { E: reading, D: writing } : { A: reading, B: writing }];
    }),
  );
  return { adapter: new Adapter(modules, tensors), tensors };
}
