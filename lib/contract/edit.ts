import { z } from "zod";

/** Where one latent lives: the checkpoint's module name and the latent's index there (a rank component for LoRA). */
export const latentRef = z.object({
  module: z.string().min(1).max(300),
  index: z.int().min(0),
});
export type LatentRef = z.infer<typeof latentRef>;

/** Positions an edit touches; `from` and `to` are inclusive positions in the whole sequence. */
export const editScope = z.union([z.enum(["all", "prompt", "generated"]), z.object({ from: z.int().min(0), to: z.int().min(0) })]);
export type EditScope = z.infer<typeof editScope>;

const common = {
  /** A switched-off edit stays in the list and does nothing. */
  isOn: z.boolean().default(true),
  scope: editScope.default("all"),
};

/** One change to what an adapter computes at run time; `value` is raw, in the latent's own activation units. */
export const edit = z.discriminatedUnion("operation", [
  z.object({ operation: z.literal("scale"), latent: latentRef, value: z.number(), ...common }),
  z.object({ operation: z.literal("clamp"), latent: latentRef, value: z.number(), ...common }),
  z.object({ operation: z.literal("ablatePost"), latent: latentRef, ...common }),
  /** Masked before TopK, so that the next latent takes the slot; only where there is a TopK. */
  z.object({ operation: z.literal("ablatePre"), latent: latentRef, ...common }),
  z.object({ operation: z.literal("moduleOff"), module: z.string().min(1).max(300), ...common }),
  z.object({ operation: z.literal("adapterOff"), ...common }),
]);
export type Edit = z.infer<typeof edit>;

export const editList = z.array(edit).max(256);
