import { z } from "zod";
import { latentRef } from "./edit";

/** Who wrote a label: a person, or a language model that the user configured. What is derived from top tokens is never stored. */
export const labelSource = z.enum(["person", "explainer"]);
export type LabelSource = z.infer<typeof labelSource>;

/** How well a label tells held-out firing from non-firing examples, judged by the explainer. */
export const detectionScore = z.object({
  precision: z.number().nullable(),
  recall: z.number().nullable(),
  firing: z.int(),
  quiet: z.int(),
  judge: z.string(),
});
export type DetectionScore = z.infer<typeof detectionScore>;

/** A latent's label and notes; they belong to the adapter (or dictionary), so all of its collections show them. */
export const latentLabel = latentRef.extend({
  text: z.string().max(300),
  note: z.string().max(10_000),
  source: labelSource,
  score: detectionScore.nullable(),
  updatedAt: z.string(),
});
export type LatentLabel = z.infer<typeof latentLabel>;

/** `PUT /api/collections/{collection}/labels`; an empty text and note removes the label. */
export const saveLabelRequest = latentRef.extend({ text: z.string().max(300), note: z.string().max(10_000).default("") });
export type SaveLabelInput = z.input<typeof saveLabelRequest>;

export const labelList = z.object({ labels: z.array(latentLabel) });

/** An OpenAI-compatible endpoint, off until a person sets it. The key is never sent back. */
export const explainerSettings = z.object({
  isOn: z.boolean(),
  /** `https://host/v1`, without the verb. */
  endpoint: z.string().max(500),
  model: z.string().max(200),
  hasKey: z.boolean(),
});
export type ExplainerSettings = z.infer<typeof explainerSettings>;
export const saveExplainerRequest = explainerSettings.omit({ hasKey: true }).extend({
  /** Absent keeps the stored key, an empty one removes it. */
  key: z.string().max(500).optional(),
});
export type SaveExplainerInput = z.input<typeof saveExplainerRequest>;

const message = z.object({ role: z.string(), content: z.string() });

/** `GET …/explanation`: the very text that `POST` would send, shown first. */
export const explanationPreview = z.object({
  endpoint: z.string(),
  model: z.string(),
  messages: z.array(message),
  /** What is sent afterwards, to try the label on held-out examples; `{label}` stands for the answer. Null where too few are held out. */
  scoring: z.array(message).nullable(),
});
export type ExplanationPreview = z.infer<typeof explanationPreview>;
