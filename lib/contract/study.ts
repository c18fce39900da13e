import { z } from "zod";
import { editList, editScope, latentRef } from "@/lib/contract/edit";
import { forgettingRequest, forgettingResult } from "@/lib/contract/forgetting";
import { gainRequest, gainResult } from "@/lib/contract/gain-kept";
import { jobSummary } from "@/lib/contract/run";

/** A mean over `count` items with the half width of its 95 % interval; null under two items. */
export const estimate = z.object({ mean: z.number(), halfWidth: z.number().nullable(), count: z.int() });
export type Estimate = z.infer<typeof estimate>;

/** Prompts that are written down, or the beginnings of rows that the run holds out. */
export const promptSource = z.union([
  z.object({ texts: z.array(z.string().min(1).max(20_000)).min(1).max(256), useChatTemplate: z.boolean().default(false) }),
  z.object({ heldOutRows: z.int().min(1).max(256), promptTokens: z.int().min(1).max(1024).default(32) }),
]);
export type PromptSource = z.infer<typeof promptSource>;

/** Prompts and held-out rows of a study where nothing else is said: a power of two above the 30 that an interval takes. Our choice. */
export const studyRows = 32;

/** What is read and written at each setting of a study. */
const readings = {
  prompts: promptSource,
  /** Edits that stay on throughout, in the unchanged arm as well; the studied one comes after them. */
  edits: editList.default([]),
  /** Tokens that the adapter continues each prompt by, greedily; KL is over these positions, all arms reading that text. */
  continuationTokens: z.int().min(1).max(256).default(32),
  /** Strings whose log-probability right after each prompt is reported: summed over the string's tokens, the mean over prompts. */
  targets: z.array(z.string().min(1).max(400)).max(8).default([]),
};

/** One latent at several values. */
export const doseRequest = z.object({
  kind: z.literal("dose"),
  latent: latentRef,
  operation: z.enum(["scale", "clamp", "minClamp", "add"]),
  values: z.array(z.number()).min(1).max(32),
  scope: editScope.default("all"),
  onlyIfFiring: z.boolean().optional(),
  ...readings,
  /** Rows of held-out text for the loss; 0 leaves it out. Their tokens count as generated and as prompt alike: scopes other than from–to are ignored there. */
  heldOutRows: z.int().min(0).max(1000).default(studyRows),
  /** Random latents of the module, matched on density and decoder norm, at the same values by the norm that they write. */
  controls: z.int().min(0).max(64).default(8),
  seed: z.int().default(0),
});
export type DoseRequest = z.infer<typeof doseRequest>;

/** Many latents, one operation. */
export const bulkRequest = z.object({
  kind: z.literal("bulk"),
  latents: z.union([
    z.array(latentRef).min(1).max(1024),
    z.object({ by: z.enum(["attribution", "outputShare", "selectivity"]), count: z.int().min(1).max(1024), domain: z.string().optional() }),
    /** Those with the strongest activations, times decoder norm, on the prompts. */
    z.object({ by: z.literal("firing"), count: z.int().min(1).max(1024) }),
  ]),
  operation: z.enum(["scale", "clamp", "minClamp", "add", "ablatePost", "ablatePre", "forceIn"]),
  /** In `unit`; ablations and forceIn take none. */
  value: z.number().optional(),
  /** Raw activation (a factor for scale), or multiples of each latent's own quantile. */
  unit: z.enum(["raw", "p50", "p99", "max"]).default("raw"),
  scope: editScope.default("all"),
  ...readings,
});
export type BulkRequest = z.infer<typeof bulkRequest>;

/** Held-out rows with the edits on, beside adapter and base. */
export const evaluationRequest = z.object({
  kind: z.literal("evaluation"),
  edits: editList.min(1),
  heldOutRows: z.int().min(2).max(10_000).default(128),
});
export type EvaluationRequest = z.infer<typeof evaluationRequest>;

/** Studies of edits, which belong to the page that makes them. */
export const editStudyRequest = z.discriminatedUnion("kind", [doseRequest, bulkRequest, evaluationRequest]);
export type EditStudyRequest = z.infer<typeof editStudyRequest>;
export type EditStudyInput = z.input<typeof editStudyRequest>;

/** Measures of a whole adapter, which need no edits. */
export const measureRequest = z.discriminatedUnion("kind", [gainRequest, forgettingRequest]);
export type MeasureRequest = z.infer<typeof measureRequest>;

export const studyRequest = z.discriminatedUnion("kind", [...editStudyRequest.options, ...measureRequest.options]);
export type StudyRequest = z.infer<typeof studyRequest>;
export type StudyInput = z.input<typeof studyRequest>;

/** Whether a study measures the whole adapter. */
export function isMeasure<Study extends { readonly kind: StudyRequest["kind"] }>(
  study: Study,
): study is Extract<Study, { readonly kind: MeasureRequest["kind"] }> {
  return measureRequest.options.some((option) => option.shape.kind.value === study.kind);
}

/** `POST /api/runs/{run}/studies` */
export const startStudyRequest = z.object({ name: z.string().trim().min(1).max(120).optional(), study: studyRequest });
export type StartStudyInput = z.input<typeof startStudyRequest>;

/** What one setting does, over the prompts. */
export const settingEffect = z.object({
  /** KL(edited ‖ adapter) and KL(edited ‖ base), nats per position, the mean of each prompt's mean. */
  klToAdapter: estimate,
  klToBase: estimate,
  /** In the order of the targets, nats. */
  targets: z.array(estimate),
  /** Of each target, this arm minus the unchanged adapter, nats, paired over prompts. */
  targetChanges: z.array(estimate).default([]),
  /** Share of positions whose most probable token is another than the unchanged adapter's. */
  changedTokens: estimate,
});
export type SettingEffect = z.infer<typeof settingEffect>;

export const dosePoint = settingEffect.extend({
  value: z.number(),
  /** Held-out cross-entropy, nats per label token; `change` is edited minus adapter, the mean over rows, paired. Null where no rows were asked for. */
  loss: z.object({ mean: z.number(), change: estimate }).nullable(),
  /** Of the edited arm's own greedy text: distinct pairs of neighbouring tokens as a share of all. */
  distinct2: estimate,
  /** The same, this arm minus the unchanged adapter, paired over prompts. */
  distinct2Change: estimate.nullable().default(null),
});
export type DosePoint = z.infer<typeof dosePoint>;

export const doseResult = z.object({
  kind: z.literal("dose"),
  targets: z.array(z.string()),
  /** One a value that is done, by ascending value. */
  points: z.array(dosePoint),
  /** The adapter without the studied edit, and the base model. */
  adapter: dosePoint.omit({ value: true }).nullable(),
  base: dosePoint.omit({ value: true }).nullable(),
  /** `factor` is what values were multiplied by, so that as much is written: ‖D[:, latent]‖ / ‖D[:, control]‖; 1 for scale. */
  controls: z.array(z.object({ index: z.int(), factor: z.number(), points: z.array(dosePoint) })),
  prompts: z.array(z.object({ text: z.string(), continuation: z.string() })),
  heldOut: z.object({ rows: z.int(), labelTokens: z.int(), isHeldOut: z.boolean() }).nullable(),
});
export type DoseResult = z.infer<typeof doseResult>;

export const bulkRow = settingEffect.extend({
  latent: latentRef,
  /** Raw; null where the operation has none. */
  value: z.number().nullable(),
  /** In the adapter's arm, over the positions read: how often it fires. */
  firings: z.int(),
});
export type BulkRow = z.infer<typeof bulkRow>;

export const bulkResult = z.object({
  kind: z.literal("bulk"),
  targets: z.array(z.string()),
  rows: z.array(bulkRow),
  adapter: settingEffect.nullable(),
  prompts: z.array(z.object({ text: z.string(), continuation: z.string() })),
  /** Positions that the KL is over. */
  positions: z.int(),
});
export type BulkResult = z.infer<typeof bulkResult>;

/** One arm on one row: mean cross-entropy of its label tokens, how many of them were its most probable, and whether all were: the exact answer, greedily. */
const rowReading = z.object({ loss: z.number(), correct: z.int(), isExact: z.boolean() });

export const evaluatedRow = z.object({
  row: z.int(),
  domain: z.string().nullable(),
  /** Beginning of what is labelled. */
  text: z.string(),
  labelTokens: z.int(),
  base: rowReading,
  adapter: rowReading,
  edited: rowReading,
  /** Label tokens that the edited arm has right and the adapter wrong, and the other way round. */
  gained: z.int(),
  lost: z.int(),
});
export type EvaluatedRow = z.infer<typeof evaluatedRow>;

export const evaluationResult = z.object({
  kind: z.literal("evaluation"),
  isHeldOut: z.boolean(),
  labelTokens: z.int(),
  /** Token-weighted mean cross-entropy, nats, and share of label tokens that were most probable. */
  base: z.object({ loss: z.number(), accuracy: z.number() }),
  adapter: z.object({ loss: z.number(), accuracy: z.number() }),
  edited: z.object({ loss: z.number(), accuracy: z.number() }),
  /** Edited minus adapter, the mean over rows of each row's mean, paired. */
  change: estimate,
  byDomain: z.array(z.object({ domain: z.string(), rows: z.int(), change: estimate })),
  /** Rows that the greedy answer is exact in with one and not with the other. */
  flips: z.object({ toRight: z.int(), toWrong: z.int() }),
  rows: z.array(evaluatedRow),
});
export type EvaluationResult = z.infer<typeof evaluationResult>;

export const studyResult = z.discriminatedUnion("kind", [doseResult, bulkResult, evaluationResult, gainResult, forgettingResult]);
export type StudyResult = z.infer<typeof studyResult>;

export const studySummary = z.object({
  id: z.string(),
  runId: z.string(),
  kind: z.enum(["dose", "bulk", "evaluation", "gain", "forgetting"]),
  name: z.string(),
  createdAt: z.string(),
  /** Its job; what is there of the result grows while it runs. */
  task: jobSummary.nullable(),
});
export type StudySummary = z.infer<typeof studySummary>;
export const studyList = z.object({ studies: z.array(studySummary) });
export const studyDetail = studySummary.extend({ request: studyRequest, result: studyResult.nullable() });
export type StudyDetail = z.infer<typeof studyDetail>;

/** A study of edits. */
export type EditStudyDetail = StudyDetail & { readonly request: EditStudyRequest };

export function isOfEdits(study: StudyDetail): study is EditStudyDetail {
  return !isMeasure(study.request);
}
