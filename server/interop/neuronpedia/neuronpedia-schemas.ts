import { z } from "zod";
import { FileError } from "@/server/files/file-error";

const texts = z.array(z.string()).nullish().transform(orEmpty);
const numbers = z
  .array(z.number().nullable())
  .nullish()
  .transform((list) => (list ?? []).map((value) => value ?? 0));
const maybeNumber = z.number().nullish().transform(orNull);
/** Written as a number by the dashboards' exporter and as a text by the site's own. */
const indexField = z.union([z.int().min(0), z.string().regex(/^\d{1,9}$/)]).transform(Number);

/** A line of `features/batch-N.jsonl`; columns that we do not read are passed over. */
export const featureRecord = z.object({
  modelId: z.string(),
  layer: z.string(),
  index: indexField,
  maxActApprox: maybeNumber,
  vector: numbers,
  topkCosSimIndices: numbers,
  topkCosSimValues: numbers,
  pos_str: texts,
  pos_values: numbers,
  neg_str: texts,
  neg_values: numbers,
  frac_nonzero: maybeNumber,
  freq_hist_data_bar_heights: numbers,
  freq_hist_data_bar_values: numbers,
});
export type FeatureRecord = z.output<typeof featureRecord>;

/** A line of `activations/batch-N.jsonl`. */
export const activationRecord = z
  .object({
    index: indexField,
    tokens: z.array(z.string()).min(1).max(100_000),
    values: z.array(z.number().nullable()).transform((list) => list.map((value) => value ?? 0)),
    maxValueTokenIndex: z.int().nullish().transform(orNull),
    qualifyingTokenIndex: z.int().nullish().transform(orNull),
    dataIndex: z.union([z.string(), z.number()]).nullish().transform(orNull),
    binMin: maybeNumber,
    binMax: maybeNumber,
    binContains: maybeNumber,
  })
  .refine(({ tokens, values }) => tokens.length === values.length, { message: "has as many values as tokens", path: ["values"] });
export type ActivationRecord = z.output<typeof activationRecord>;

/** A line of `explanations/batch-N.jsonl`. */
export const explanationRecord = z.object({
  index: indexField,
  description: z.string(),
  typeName: z.string().nullish().transform(orNull),
  explanationModelName: z.string().nullish().transform(orNull),
});

/** `source.jsonl`. */
export const sourceRecord = z.object({
  id: z.string(),
  modelId: z.string(),
  num_prompts: maybeNumber,
  num_tokens_in_prompt: maybeNumber,
  notes: z.string().nullish().transform(orNull),
});

/** @throws FileError naming file, line and field */
export function parseRecord<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  place: { path: string; lineNumber: number },
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") || "the line";
  throw new FileError("invalid", place.path, `line ${place.lineNumber}: ${field}: ${issue?.message ?? "is not of the expected form"}`);
}

function orNull<Value>(value: Value | null | undefined): Value | null {
  return value ?? null;
}

function orEmpty(value: string[] | null | undefined): string[] {
  return value ?? [];
}
