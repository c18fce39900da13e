import { isObject, type JsonObject } from "./tokenizer-json";

/** A part of a tokenised row: special tokens, or the first or second text; with the segment that its tokens belong to. */
export type TemplatePart =
  | { readonly kind: "special"; readonly ids: readonly number[]; readonly typeId: number }
  | { readonly kind: "text"; readonly which: "first" | "second"; readonly typeId: number };

/** What a tokenizer puts around one text, and around two that are read together. */
export type RowTemplate = { readonly single: readonly TemplatePart[]; readonly pair: readonly TemplatePart[] };

const FIRST: TemplatePart = { kind: "text", which: "first", typeId: 0 };
const BARE: RowTemplate = { single: [FIRST], pair: [FIRST, { kind: "text", which: "second", typeId: 1 }] };

/**
 * Reads the `post_processor` of a `tokenizer.json`.
 *
 * @throws Error naming what is not understood
 */
export function readRowTemplate(processor: unknown): RowTemplate {
  if (!isObject(processor)) return BARE;
  switch (processor["type"]) {
    case "TemplateProcessing":
      return { single: partsOf(processor, "single"), pair: partsOf(processor, "pair") };
    case "BertProcessing":
      return bertTemplate(processor);
    case "RobertaProcessing":
      return robertaTemplate(processor);
    case "Sequence": {
      const list = Array.isArray(processor["processors"]) ? processor["processors"] : [];
      return list.map(readRowTemplate).find((template) => template !== BARE) ?? BARE;
    }
    // Byte-level ones change offsets alone.
    default:
      return BARE;
  }
}

function partsOf(processor: JsonObject, name: "single" | "pair"): TemplatePart[] {
  const parts = processor[name];
  if (!Array.isArray(parts)) throw new Error(`tokenizer.json: post_processor.${name} must be a list`);
  return parts.map((part: unknown): TemplatePart => {
    const sequence = isObject(part) ? part["Sequence"] : undefined;
    if (isObject(sequence)) return { kind: "text", which: sequence["id"] === "B" ? "second" : "first", typeId: typeOf(sequence) };
    const special = isObject(part) ? part["SpecialToken"] : undefined;
    if (!isObject(special)) throw new Error(`tokenizer.json: post_processor.${name} has a part that is neither a token nor a sequence`);
    return { kind: "special", ids: idsOf(processor, String(special["id"])), typeId: typeOf(special) };
  });
}

function idsOf(processor: JsonObject, token: string): number[] {
  const all = processor["special_tokens"];
  const entry = isObject(all) ? all[token] : undefined;
  const ids = isObject(entry) ? entry["ids"] : undefined;
  if (Array.isArray(ids) && ids.every((id) => typeof id === "number")) return ids;
  throw new Error(`tokenizer.json: post_processor.special_tokens has no ids for ${JSON.stringify(token)}`);
}

function typeOf(part: JsonObject): number {
  return typeof part["type_id"] === "number" ? part["type_id"] : 0;
}

/** [CLS] first [SEP] second [SEP], the second text and its end being of segment 1. */
function bertTemplate(processor: JsonObject): RowTemplate {
  const start: TemplatePart = { kind: "special", ids: [idIn(processor, "cls")], typeId: 0 };
  const end = (typeId: number): TemplatePart => ({ kind: "special", ids: [idIn(processor, "sep")], typeId });
  const single = [start, FIRST, end(0)];
  return { single, pair: [...single, { kind: "text", which: "second", typeId: 1 }, end(1)] };
}

/** <s> first </s></s> second </s>, all of segment 0. */
function robertaTemplate(processor: JsonObject): RowTemplate {
  const start: TemplatePart = { kind: "special", ids: [idIn(processor, "cls")], typeId: 0 };
  const end: TemplatePart = { kind: "special", ids: [idIn(processor, "sep")], typeId: 0 };
  const single = [start, FIRST, end];
  return { single, pair: [...single, end, { kind: "text", which: "second", typeId: 0 }, end] };
}

/** These two name a token as [spelling, id]. */
function idIn(processor: JsonObject, name: "cls" | "sep"): number {
  const token = processor[name];
  const id: unknown = Array.isArray(token) ? token[1] : undefined;
  if (typeof id === "number") return id;
  throw new Error(`tokenizer.json: post_processor.${name} must be [token, id]`);
}
