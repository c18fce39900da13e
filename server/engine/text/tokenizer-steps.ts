import { z } from "zod";

/** How deep steps may be nested, and into how many characters they may turn one. Ours; real files have 3 and under 10. */
const deepest = 8;
const mostGrowth = 1000;

const pattern = z
  .looseObject({ Regex: z.string().min(1).max(20_000).optional(), String: z.string().min(1).max(1000).optional() })
  .refine((chosen) => chosen.Regex !== undefined || chosen.String !== undefined, { error: "must have a Regex or a String" });
const marker = z.tuple([z.string(), z.int().min(0)]);

const step = z.looseObject({
  type: z.string(),
  pattern: pattern.optional(),
  content: z.string().max(1000).optional(),
  prepend: z.string().max(1000).optional(),
  replacement: z.string().max(1000).optional(),
  prefix: z.string().max(1000).optional(),
  suffix: z.string().max(1000).optional(),
  behavior: z.string().optional(),
  prepend_scheme: z.string().optional(),
  str_rep: z.string().max(1000).optional(),
  precompiled_charsmap: z.string().nullish(),
  pad_token: z.string().nullish(),
  word_delimiter_token: z.string().nullish(),
  length: z.int().min(1).optional(),
  start: z.int().min(0).optional(),
  stop: z.int().min(0).optional(),
  sep: marker.optional(),
  cls: marker.optional(),
});

/** What each part calls the list of the steps that a `Sequence` has. */
const listNames = { normalizer: "normalizers", pre_tokenizer: "pretokenizers", post_processor: "processors", decoder: "decoders" } as const;

/** Keys that a type of step must have. */
const demanded: ReadonlyMap<string, readonly string[]> = new Map([
  ["Replace", ["pattern"]],
  ["Split", ["pattern"]],
  ["FixedLength", ["length"]],
  ["Prepend", ["prepend"]],
  ["BertProcessing", ["sep", "cls"]],
  ["RobertaProcessing", ["sep", "cls"]],
]);

/**
 * Checks one part of a `tokenizer.json` before the tokenizer library sees it.
 *
 * @throws Error naming the key
 */
export function demandSteps(name: keyof typeof listNames, part: unknown): void {
  const steps = flatten(name, listNames[name], part, 0);
  const growth = name === "normalizer" || name === "pre_tokenizer" ? steps.reduce((product, one) => product * growthOf(one), 1) : 1;
  if (growth > mostGrowth) throw new Error(`tokenizer.json: ${name} may make a text over ${mostGrowth} times as long`);
}

function flatten(path: string, listName: string, part: unknown, depth: number): z.infer<typeof step>[] {
  if (part === null) return [];
  if (depth > deepest) throw new Error(`tokenizer.json: ${path} is nested more than ${deepest} deep`);
  const parsed = step.safeParse(part);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`tokenizer.json: ${[path, ...(issue?.path ?? [])].join(".")}: ${issue?.message}`);
  }
  const missing = demanded.get(parsed.data.type)?.find((key) => parsed.data[key] === undefined);
  if (missing !== undefined) throw new Error(`tokenizer.json: ${path}.${missing} is missing`);
  if (parsed.data.type !== "Sequence") return [parsed.data];
  const list = parsed.data[listName];
  if (!Array.isArray(list)) throw new Error(`tokenizer.json: ${path}.${listName} must be a list`);
  return list.flatMap((inner, index) => flatten(`${path}.${listName}.${index}`, listName, inner, depth + 1));
}

/** How many characters one may become. */
function growthOf({ type, pattern: replaced, content = "" }: z.infer<typeof step>): number {
  if (type !== "Replace" || replaced === undefined) return 1;
  return replaced.String === undefined ? content.length + 1 : Math.max(1, content.length / replaced.String.length);
}
