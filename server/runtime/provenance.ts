import type { RunConfig } from "@/lib/contract/run-config";
import { engineInfo } from "@/server/engine/tensor/backend";
import { deviceName } from "./device-name";
import type { LoadedBase } from "./models/load-base-model";

/** What made a run's numbers, besides its configuration. */
export function provenanceOf(config: RunConfig, base: LoadedBase, dataHash: string): Record<string, string> {
  const { backend, device, version, kernels } = engineInfo();
  return {
    engine: `${backend} ${version}`,
    kernels: kernels === "own" ? "own" : "plain operations",
    device: deviceName(device),
    frozenDtype: base.model.frozenForm,
    askedDtype: config.frozenDtype,
    data: dataHash,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}
