/** A matrix by rows. */
export type Matrix = { readonly shape: readonly [number, number]; readonly data: Float32Array };

export type Vector = { readonly shape: readonly [number]; readonly data: Float32Array };
