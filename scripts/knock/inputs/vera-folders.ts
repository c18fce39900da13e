import { join } from "node:path";
import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import { writeSafetensors } from "@/server/files/weights/safetensors";
import { type Files, fromDisk } from "./files";

const weightsName = "adapter_model.safetensors";

/** VeRA adapters of a q_proj (5 → 7): one with its shared matrices, one without, which are then drawn from its key. */
export function veraFolders(folder: string): Files[] {
  const module = "base_model.model.model.layers.0.self_attn.q_proj";
  const zeros = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((size, length) => size * length, 1)) });
  const own = { [`${module}.vera_lambda_d`]: zeros(3), [`${module}.vera_lambda_b`]: zeros(7) };
  const shared = { "base_model.vera_A": zeros(3, 5), "base_model.vera_B": zeros(7, 3) };
  const config = toAdapterConfigFile(
    { method: "vera", rank: 3, dInitial: 0.1, projectionKey: 7, targets: { modules: ["q_proj"], layers: null } },
    { baseModel: "tiny", revision: null, fanInFanOut: false },
  );
  return [true, false].map((isSaved) => {
    writeSafetensors(join(folder, weightsName), isSaved ? { ...own, ...shared } : own);
    const file = { ...config, save_projection: isSaved };
    return { ...fromDisk(folder, [weightsName]), "adapter_config.json": Buffer.from(JSON.stringify(file)) };
  });
}
