import type { RawModelConfig } from "./config-keys";

/** By what method the weights beside a `config.json` are quantised (`gptq`, `awq`, `bitsandbytes`, …); undefined for plain ones. */
export function quantisedBy(raw: RawModelConfig): string | undefined {
  const settings = raw["quantization_config"] ?? raw["compression_config"];
  if (settings == null) return undefined;
  const method: unknown = Object(settings)["quant_method"];
  return typeof method === "string" ? method : "an unknown method";
}

/** @throws Error where the weights are quantised, which only GGUF files may have */
export function demandPlainWeights(raw: RawModelConfig): void {
  const method = quantisedBy(raw);
  if (method === undefined) return;
  throw new Error(
    `config.json: the weights are quantised by ${method} (quantization_config), which is not supported; use the original checkpoint or a GGUF file`,
  );
}
