import { z } from "zod";
import { editList } from "@/lib/contract/edit";
import { armName, generated, generateRequest } from "@/lib/contract/generate";
import { jobSummary } from "@/lib/contract/run";

/** A list of edits that a person keeps under a name. */
export const savedEdits = z.object({
  id: z.string(),
  runId: z.string(),
  name: z.string(),
  note: z.string(),
  edits: editList,
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type SavedEdits = z.infer<typeof savedEdits>;
export const savedEditsList = z.object({ saved: z.array(savedEdits) });

/** `POST /api/runs/{run}/edits`, `PUT /api/edits/{saved}`. */
export const saveEditsRequest = z.object({
  name: z.string().trim().min(1).max(120),
  note: z.string().max(4000).default(""),
  edits: editList.min(1),
});
export type SaveEditsInput = z.input<typeof saveEditsRequest>;

/** One generation of a run's history, without its tokens. */
export const keptGeneration = z.object({
  id: z.string(),
  runId: z.string(),
  createdAt: z.string(),
  /** Beginning of the prompt, or of its last turn. */
  prompt: z.string(),
  editsOn: z.int(),
  isForced: z.boolean(),
  /** Beginning of each arm's text. */
  arms: z.array(z.object({ arm: armName, text: z.string(), tokens: z.int() })),
});
export type KeptGeneration = z.infer<typeof keptGeneration>;

/** Query of `GET /api/runs/{run}/generations`, newest first; `search` is a part of the prompt or of any arm's text, in letters of either case. */
export const generationPage = z.object({
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(200).default(50),
  search: z.string().max(200).optional(),
});
export type GenerationPage = z.infer<typeof generationPage>;
export const keptGenerationList = z.object({ generations: z.array(keptGeneration), total: z.int() });

/** The whole of it: `request` runs it again. */
export const keptGenerationDetail = keptGeneration.extend({ request: generateRequest, generated });
export type KeptGenerationDetail = z.infer<typeof keptGenerationDetail>;

/** `POST /api/runs/{run}/bake`: writes edits into a new adapter, as a run derived from this one. */
export const bakeRequest = z.object({ name: z.string().trim().min(1).max(120).optional(), edits: editList.min(1) });
export type BakeInput = z.input<typeof bakeRequest>;

/** The task that writes it, and the id that the derived run will have when that has finished. */
export const bakeStarted = z.object({ runId: z.string(), task: jobSummary });
export type BakeStarted = z.infer<typeof bakeStarted>;
