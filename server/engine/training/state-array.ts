/** An array of a checkpoint. */
export type StateArray = { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array };

/** One that is read from the device when it is asked for, so that those of one parameter alone need be held. */
export type UnreadArray = { readonly shape: readonly number[]; read(): Float32Array };

/** @throws Error naming the array that is missing or of another size */
export function savedInts(arrays: ReadonlyMap<string, StateArray>, name: string, length: number): Int32Array {
  const data = arrays.get(name)?.data;
  if (!(data instanceof Int32Array) || data.length !== length)
    throw new Error(`the checkpoint's ${name} is missing or belongs to another adapter`);
  return data;
}
