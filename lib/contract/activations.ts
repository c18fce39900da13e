import { z } from "zod";
import { mostTextTokens } from "./read-text";

/** Texts of one request; ours, so that its body stays within the limit of 4 MiB and a failure costs little. */
export const mostActivationTexts = 1000;

/** `POST /api/runs/{run}/activations`: the latents that each of these texts keeps. Answered by a Parquet file, a row for each latent at each token. */
export const activationsRequest = z.object({
  texts: z
    .array(z.string().min(1).max(20_000))
    .min(1)
    .max(mostActivationTexts)
    .describe(`Each is read by itself, up to ${mostTextTokens} tokens.`),
  useChatTemplate: z.boolean().default(false),
  modules: z.array(z.string().min(1)).min(1).optional().describe("These modules alone, by the checkpoint's names. Absent, all."),
  attribution: z
    .boolean()
    .default(false)
    .describe("Also run a backward pass: −a·∂L/∂a of the text's next-token loss; for an encoder, of the loss of its most probable class."),
});
export type ActivationsInput = z.input<typeof activationsRequest>;
export type ActivationsRequest = z.infer<typeof activationsRequest>;
