import { FileError } from "@/server/files/file-error";
import { openSafetensors } from "@/server/files/weights/safetensors";

/** Noise that was drawn beforehand for one image, of its size, and the time step at which it is added. */
export type NoiseTensor = { readonly noise: Float32Array; readonly timestep: number };

/**
 * Reads `noise`, of the shape of `pixel_values`, and `timesteps` (rows) from a safetensors file of prepared images.
 *
 * @returns null where the file has neither
 * @throws FileError naming the tensor that is missing or of another shape
 */
export function readNoiseTensors(path: string): NoiseTensor[] | null {
  const file = openSafetensors(path);
  try {
    const names = file.names();
    if (!names.includes("noise") && !names.includes("timesteps")) return null;
    const shape = file.shape("pixel_values");
    for (const [name, expected] of [
      ["noise", shape],
      ["timesteps", shape.slice(0, -3)],
    ] as const) {
      if (!names.includes(name)) throw new FileError("invalid", path, `has no tensor "${name}": noise and timesteps belong together`);
      const found = file.shape(name);
      if (found.join() !== expected.join()) {
        throw new FileError("invalid", path, `${name} has shape [${found.join(", ")}]; expected [${expected.join(", ")}]`);
      }
    }
    const [noise, timesteps] = [file.read("noise"), file.readInts("timesteps")];
    const size = noise.length / timesteps.length;
    return Array.from(timesteps, (timestep, row) => ({ timestep, noise: noise.slice(row * size, (row + 1) * size) }));
  } finally {
    file.close();
  }
}
