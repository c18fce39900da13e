import { isBatchTopK } from "@/lib/contract/methods/stan/settings";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { AdapterSettings, AdapterTensors } from "@/server/engine/methods/adapter-module";
import type { FrozenLinear } from "@/server/engine/methods/frozen-linear";
import type { AdaptableModule } from "@/server/engine/methods/targets";
import { randomValues } from "@/tests/server/engine/tensor/engines";

/** An adapter that writes about as much as the base model does, so that an edit shows, with its matrices; of DoRA the gains differ much from 1. */
export function randomAdapter(
  projections: readonly (AdaptableModule & Partial<FrozenLinear>)[],
  settings: AdapterSettings,
): { adapter: Adapter; tensors: ReadonlyMap<string, AdapterTensors> } {
  const modules = planModules(projections, settings);
  const tensors = new Map(
    modules.map(({ module, numLatents, dIn, dOut }, i): [string, AdapterTensors] => {
      const reading = { shape: [numLatents, dIn] as const, data: randomValues(numLatents * dIn, 2 * i + 1) };
      const writing = { shape: [dOut, numLatents] as const, data: randomValues(dOut * numLatents, 2 * i + 2) };
      const threshold = { shape: [1] as const, data: Float32Array.of(0.5) };
      if (settings.method === "stan") return [module, { E: reading, D: writing, ...(isBatchTopK(settings) ? { threshold } : {}) }];
      if (settings.method === "vera") {
        const scales = (size: number) => ({ shape: [size] as const, data: randomValues(size, 2 * i + 3).map((value) => 1 + value) });
        return [module, { A: reading, B: writing, lambdaD: scales(numLatents), lambdaB: scales(dOut) }];
      }
      const magnitude = { shape: [dOut] as const, data: randomValues(dOut, 2 * i + 3).map((value) => 2 + value) };
      return [module, { A: reading, B: writing, ...(settings.useDora === true ? { magnitude } : {}) }];
    }),
  );
  return { adapter: new Adapter(modules, tensors, projections), tensors };
}
