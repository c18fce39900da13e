import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { writeAdapter } from "@/server/files/adapters/adapter-folder";
import type { ServiceContext } from "@/server/services/context";

/** Modules of a stored adapter, in the names of a stored collection. */
export const storedModules = ["layers.0.q_proj", "layers.1.v_proj"] as const;

/** Files of an adapter for a stored run: two modules of 7 latents (k = 2), or of rank 7, between widths 3 and 5. */
export function storeAdapter({ artefacts }: Pick<ServiceContext, "artefacts">, runId: string, method: "stan" | "lora" = "stan"): void {
  const targets = { modules: ["q_proj", "v_proj"], layers: null };
  const settings =
    method === "stan"
      ? ({ method, numLatents: 7, k: 2, alpha: 1, selection: "signed", init: "zero", targets } as const)
      : ({ method, rank: 7, alpha: 7, targets } as const);
  const values = (shape: readonly [number, number]) => ({ shape, data: new Float32Array(shape[0] * shape[1]).fill(0.5) });
  const pair = method === "stan" ? { E: values([7, 3]), D: values([5, 7]) } : { A: values([7, 3]), B: values([5, 7]) };
  writeAdapter(artefacts.path(`runs/${runId}/adapter`), {
    config: toAdapterConfigFile(settings, { baseModel: "tiny", revision: null, fanInFanOut: false }),
    tensors: new Map(storedModules.map((module) => [module, pair])),
  });
}
