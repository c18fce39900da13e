import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LatentRecord, ModuleRecord } from "@/server/engine/training/latent-record";
import { FileError } from "@/server/files/file-error";
import { openSafetensors, type SafetensorsFile, type TensorData, writeSafetensors } from "@/server/files/weights/safetensors";

const fileName = "latent-record.safetensors";
const ending = ".bornAtStep";

/**
 * Writes a run's record beside its adapter: `<module>.bornAtStep`, `<module>.diedAtStep` and `<module>.density` of every module, `windowEnds`
 * and `windowTokens`; the steps taken, and those after which a latent counts as dead, stand in the metadata.
 *
 * @throws FileError when the disk is full
 */
export function writeLatentRecord(folder: string, record: LatentRecord): void {
  const { steps, quietSteps, windowEnds, windowTokens, modules } = record;
  const windows = windowEnds.length;
  const tensors: Record<string, TensorData> = {
    windowEnds: { shape: [windows], data: windowEnds },
    windowTokens: { shape: [windows], data: windowTokens },
  };
  for (const [module, { bornAtStep, diedAtStep, density }] of modules) {
    const numLatents = bornAtStep.length;
    tensors[`${module}${ending}`] = { shape: [numLatents], data: bornAtStep };
    tensors[`${module}.diedAtStep`] = { shape: [numLatents], data: diedAtStep };
    tensors[`${module}.density`] = { shape: [windows, numLatents], data: density };
  }
  writeSafetensors(join(folder, fileName), tensors, { steps: String(steps), quietSteps: String(quietSteps) });
}

/**
 * The record of the run that made an adapter; undefined where its folder holds none: a LoRA adapter, or one from elsewhere.
 *
 * @param folder of the adapter
 * @throws FileError naming the tensor that is missing or of another size
 */
export function readLatentRecord(folder: string): LatentRecord | undefined {
  const path = join(folder, fileName);
  if (!existsSync(path)) return undefined;
  const file = openSafetensors(path);
  try {
    const [windows = 0] = file.shape("windowEnds");
    const names = file.names().filter((name) => name.endsWith(ending));
    const modules = names.map((name): [string, ModuleRecord] => {
      const module = name.slice(0, -ending.length);
      const [numLatents = 0] = file.shape(name);
      const part = (kind: string, shape: readonly number[]): string => demandShape(file, path, `${module}.${kind}`, shape);
      return [
        module,
        {
          bornAtStep: file.readInts(name),
          diedAtStep: file.readInts(part("diedAtStep", [numLatents])),
          density: file.read(part("density", [windows, numLatents])),
        },
      ];
    });
    return {
      steps: countOf(file, path, "steps"),
      quietSteps: countOf(file, path, "quietSteps"),
      windowEnds: file.readInts("windowEnds"),
      windowTokens: Float64Array.from(file.readStored(demandShape(file, path, "windowTokens", [windows])).data),
      modules: new Map(modules),
    };
  } finally {
    file.close();
  }
}

/** @returns the tensor's name */
function demandShape(file: SafetensorsFile, path: string, name: string, shape: readonly number[]): string {
  const found = file.shape(name);
  if (found.join() !== shape.join())
    throw new FileError("invalid", path, `tensor "${name}" has shape [${found.join(", ")}], expected [${shape.join(", ")}]`);
  return name;
}

function countOf({ metadata }: SafetensorsFile, path: string, key: string): number {
  const count = Number(metadata[key] ?? Number.NaN);
  if (!Number.isInteger(count)) throw new FileError("invalid", path, `its metadata "${key}" is no whole number`);
  return count;
}
