import type { Adapter, AttachedModule } from "@/server/engine/adapters/adapter";
import { loraDecoder } from "@/server/engine/adapters/attached-lora";
import { readFloats } from "@/server/engine/tensor/create";
import { transpose } from "@/server/engine/tensor/layout";
import type { Tensor } from "@/server/engine/tensor/tensor";

/** What a latent reads with (rows of E, of LoRA's A) or writes with (columns of D, of LoRA's B, of DoRA's g ⊙ B). */
export type VectorSide = "encoder" | "decoder";

/** A module's vectors by latent, (numLatents, dIn) or (numLatents, dOut); to be read within a scope, which frees what was made for it. */
export function latentVectors(attached: AttachedModule, side: VectorSide): Tensor {
  if (attached.method === "stan") return attached.parameters[side === "encoder" ? "E" : "D"].read();
  return side === "encoder" ? attached.parameters.A.read() : transpose(loraDecoder(attached), [1, 0]);
}

/** ‖D[:, j]‖ of every latent by module; of LoRA ‖B[:, i]‖, of DoRA ‖g ⊙ B[:, i]‖. Without the adapter's scaling, which is constant over a module. */
export function decoderNorms(adapter: Adapter): Map<string, Float32Array> {
  const norms = new Map<string, Float32Array>();
  for (const { module, numLatents, dOut } of adapter.modules) {
    const attached = adapter.at(module);
    if (attached === undefined) continue;
    const isByLatent = attached.method === "stan";
    const values = attached.method === "stan" ? attached.parameters.D.values() : readFloats(loraDecoder(attached));
    const squares = new Float64Array(numLatents);
    values.forEach((value, at) => {
      const latent = isByLatent ? Math.floor(at / dOut) : at % numLatents;
      squares[latent] = (squares[latent] as number) + value * value;
    });
    norms.set(module, Float32Array.from(squares, Math.sqrt));
  }
  return norms;
}
