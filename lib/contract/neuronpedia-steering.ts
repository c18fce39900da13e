import { z } from "zod";

/** What Neuronpedia's steering is sent, as far as it says what is steered: numbers may come as text, as in its own exports. */
export const neuronpediaSteering = z.object({
  features: z.array(
    z.object({
      modelId: z.string().optional(),
      /** A source: the layer's number, then its own name. */
      layer: z.coerce.string(),
      index: z.coerce.number().int().min(0),
      strength: z.coerce.number(),
    }),
  ),
  strength_multiplier: z.coerce.number().optional(),
  steer_special_tokens: z.boolean().optional(),
});
export type NeuronpediaSteering = z.infer<typeof neuronpediaSteering>;
