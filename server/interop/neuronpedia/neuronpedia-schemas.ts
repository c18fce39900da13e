import { z } from "zod";
import { FileError } from "@/server/files/file-error";

// Lists are checked by hand: a line holds thousands of values, and a dictionary a hundred thousand lines.
const textList = z.custom<string[]>(
  (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
  "is a list of texts",
);
const numberList = z.custom<(number | null)[]>(
  (value) => Array.isArray(value) && value.every((each) => typeof each === "number" || each === null),
  "is a list of numbers",
);
const texts = textList.nullish().transform((list) => list ?? []);
const numbers = numberList.nullish().transform((list) => (list ?? []).map((value) => value ?? 0));
const maybeNumber = z.number().nullish().transform(orNull);
const mostTokens = 100_000;
/** Written as a number by the dashboards' exporter and as a text by the site's own. */
const indexField = z.union([z.int().min(0), z.string().regex(/^\d{1,9}$/)]).transform(Number);

/** A line of `features/batch-N.jsonl`; columns that we do not read are passed over. */
export const featureRecord = z.object({
  modelId: z.string(),
  layer: z.string(),
  index: indexField,
  maxActApprox: maybeNumber,
  /** Norm of the decoder vector; the vector itself is not kept. Null where there is none. */
  vector: numberList.nullish().transform((list) => normOf(list ?? [])),
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
    tokens: textList.refine((list) => list.length > 0 && list.length <= mostTokens, `is a list of 1 … ${mostTokens} texts`),
    values: numberList.transform((list) => list.map((value) => value ?? 0)),
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
  notes: z.string().nullish().transform(orNull),
});
export type ExplanationRecord = z.output<typeof explanationRecord>;

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

function normOf(vector: readonly (number | null)[]): number | null {
  return vector.length === 0 ? null : Math.sqrt(vector.reduce<number>((sum, value) => sum + (value ?? 0) ** 2, 0));
}
