/** What one adapted module does at the positions of a batch: k kept latents of STAN, or all components of LoRA, in their order. */
export type KeptLatents = {
  /** (positions, k) */
  indices: Int32Array;
  /** (positions, k) activations; 0 is no firing */
  values: Float32Array;
  /** (positions, k) ⟨c, Δ⟩: the part c = scaling · activation · D[:, j] along the whole update Δ; they add up to ‖Δ‖² */
  contributions: Float32Array;
  /** (positions) ‖Δ‖² */
  updateSquares: Float32Array;
  /** (positions) ‖W0 x + b0‖² */
  baseSquares: Float32Array;
};
