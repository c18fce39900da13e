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

/**
 * Only at tokens where another latent's activation is above a number. Read before any edit changes it, 0 where it does not fire. Its module must be
 * computed no later than the edited one.
 */
export const editCondition = z.object({ latent: latentRef, above: z.number() });
export type EditCondition = z.infer<typeof editCondition>;

const places = {
  /** A switched-off edit stays in the list and does nothing. */
  isOn: z.boolean().default(true),
  scope: editScope.default("all"),
  /** Skip tokens that mark the beginning, the end or a chat turn. */
  skipsSpecialTokens: z.boolean().optional(),
};
const ofModule = { module: z.string().min(1).max(300), onlyIf: editCondition.optional(), ...places };
const ofLatent = {
  latent: latentRef,
  /** Only at tokens where the latent fires by itself: its activation before edits is not 0. */
  onlyIfFiring: z.boolean().optional(),
  onlyIf: editCondition.optional(),
  ...places,
};

/**
 * One change to what an adapter computes at run time; `value` is raw, in the latent's own activation units. Changes of selection (`ablatePre`,
 * `forceIn`) come first; changes of activations then follow in the order of the list.
 */
export const edit = z.discriminatedUnion("operation", [
  /** activation × value, where it fires */
  z.object({ operation: z.literal("scale"), value: z.number(), ...ofLatent }),
  /** activation := value, whether or not it fires */
  z.object({ operation: z.literal("clamp"), value: z.number(), ...ofLatent }),
  /** activation := max(activation, value), an activation of 0 where it does not fire */
  z.object({ operation: z.literal("minClamp"), value: z.number(), ...ofLatent }),
  /** activation += value, from 0 where it does not fire */
  z.object({ operation: z.literal("add"), value: z.number(), ...ofLatent }),
  /** activation := 0 after TopK; its slot stays empty */
  z.object({ operation: z.literal("ablatePost"), ...ofLatent }),
  /** Masked before TopK, so that the next latent takes the slot (with BatchTopK no other does); only where there is a TopK. */
  z.object({ operation: z.literal("ablatePre"), ...ofLatent }),
  /** Enters the kept set with its own pre-activation, displacing the k-th (with BatchTopK no other); only where there is a TopK. */
  z.object({ operation: z.literal("forceIn"), ...ofLatent }),
  /** All other latents of the module := 0. */
  z.object({
    operation: z.literal("isolate"),
    indices: z
      .array(z.int().min(0))
      .min(1)
      .max(1 << 20),
    ...ofModule,
  }),
  /** The module's whole update := 0. */
  z.object({ operation: z.literal("moduleOff"), ...ofModule }),
  /** Every module's update := 0. */
  z.object({ operation: z.literal("adapterOff"), ...places }),
]);
export type Edit = z.infer<typeof edit>;
export type EditOperation = Edit["operation"];

/** Whether an operation changes which latents are selected, so that there must be a selection. */
export function needsTopK(operation: EditOperation): boolean {
  return operation === "ablatePre" || operation === "forceIn";
}

/** As many edits as a list holds. */
export const mostEdits = 256;

export const editList = z.array(edit).max(mostEdits);

/** A list of edits as a file; `npm run stanscope -- generate --edits` takes it, and the bare list as well. */
export const editFile = z.object({
  format: z.literal("stanscope-edits"),
  version: z.literal(1),
  run: z.string().optional(),
  name: z.string().optional(),
  edits: editList,
});
export type EditFile = z.infer<typeof editFile>;
