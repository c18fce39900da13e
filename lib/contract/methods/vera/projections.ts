import type { Matrix } from "@/lib/contract/methods/tensors";
import { TorchRandom } from "./torch-random";

/**
 * The frozen matrices that all modules share, as PEFT draws them: Kaiming-uniform (gain √2, by columns) from torch's generator, first A (rank, dIn), then
 * B (dOut, rank).
 *
 * @param widest of all adapted modules
 */
export function veraProjections(
  { rank, projectionKey }: { readonly rank: number; readonly projectionKey: number },
  { dIn, dOut }: { readonly dIn: number; readonly dOut: number },
): { readonly A: Matrix; readonly B: Matrix } {
  const random = new TorchRandom(projectionKey);
  return { A: kaiming(rank, dIn, random), B: kaiming(dOut, rank, random) };
}

function kaiming(rows: number, columns: number, random: TorchRandom): Matrix {
  const deviation = Math.sqrt(2) / Math.sqrt(columns);
  return { shape: [rows, columns], data: random.uniform(rows * columns, Math.sqrt(3) * deviation) };
}
