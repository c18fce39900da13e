/** How published checkpoints name their safetensors: all tensors in one file, or in numbered shards with an index that says where each tensor is. */
export const singleWeights = "model.safetensors";
export const weightsIndex = "model.safetensors.index.json";
/** Either. */
export const weightsPattern = /^model(-\d+-of-\d+)?\.safetensors$/;
/** The number of a shard, and of how many. */
export const shardPattern = /^model-(\d+)-of-(\d+)\.safetensors$/;

/** `model-00001-of-00002.safetensors`, counted from 1, with as many digits as `of` has. */
export function shardName(number: number, of: string): string {
  return `model-${String(number).padStart(of.length, "0")}-of-${of}.safetensors`;
}
