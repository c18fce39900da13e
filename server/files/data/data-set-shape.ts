import type { ColumnMapping } from "@/lib/contract/data-set";
import { isJsonObject } from "@/server/files/json-file";
import type { DataRow } from "./data-row";

/** Columns that say which domain a row is of, in the order in which they are looked for. */
export const domainColumns: readonly string[] = ["domain", "category", "topic", "subject", "genre", "subset"];
const splitColumns: readonly string[] = ["split"];

const chatColumns = ["messages", "conversations", "conversation", "dialogue"];
const promptPairs = pairs(["prompt", "question", "query"], ["completion", "response", "answer", "output"]);
const instructionPairs = pairs(["instruction"], ["output", "response", "completion", "answer"]);
const inputColumns = ["input", "context"];
const textColumns = ["text", "content", "sentence", "passage", "document", "body", "code", "story", "review"];

/**
 * The column mapping that rows suggest, or null where none fits and a person must choose.
 *
 * @param rows the first rows, a hundred or so; a column counts when all of them have it
 */
export function detectShape(rows: readonly DataRow[]): ColumnMapping | null {
  const [first] = rows;
  if (first === undefined) return null;
  const columns = Object.keys(first);
  const texts = new Set(columns.filter((column) => rows.every((row) => typeof row[column] === "string")));
  const shape = chatShape(rows) ?? pairShape(texts) ?? textShape(texts);
  return shape && shapeOf(rows, shape);
}

/** With what says a row's domain and split. */
function shapeOf(rows: readonly DataRow[], shape: ColumnMapping): ColumnMapping {
  const texts = new Set(Object.keys(rows[0] ?? {}).filter((column) => rows.every((row) => typeof row[column] === "string")));
  const used = new Set<unknown>(Object.values(shape));
  const domain = domainColumns.find((column) => texts.has(column) && !used.has(column));
  const split = splitColumns.find((column) => texts.has(column) && !used.has(column));
  return { ...shape, ...(domain === undefined ? {} : { domain }), ...(split === undefined ? {} : { split }) };
}

const firstTexts = ["text", "sentence", "sentence1", "question1", "premise", "question"];
const secondTexts = ["sentence2", "question2", "hypothesis", "sentence"];
const labelColumns = ["label", "labels", "class", "target", "sentiment", "score", "stars", "rating"];

/** A text, or two, with a label, as encoders learn from it; null where no columns of usual names are there in all rows. */
export function detectLabelled(rows: readonly DataRow[]): Extract<ColumnMapping, { kind: "labelled" }> | null {
  const [first] = rows;
  const isIn = (column: string) => rows.every((row) => row[column] !== undefined && typeof row[column] !== "object");
  const find = (names: readonly string[]) => names.find((name) => first !== undefined && isIn(name));
  const [text, label] = [find(firstTexts), find(labelColumns)];
  if (text === undefined || label === undefined) return null;
  const second = find(secondTexts.filter((name) => name !== text));
  const domain = find(domainColumns);
  const split = find(splitColumns);
  return {
    kind: "labelled",
    text,
    label,
    ...(second === undefined ? {} : { second }),
    ...(domain === undefined ? {} : { domain }),
    ...(split === undefined ? {} : { split }),
  };
}

const captionColumns = ["caption", "captions", "alt", "description"];
const imageColumns = ["image", "picture", "img", "photo"];
const classColumns = [...labelColumns, "group", "name"];

/**
 * An image with a label; null where no columns of usual names are there in all rows.
 *
 * @param rows without binary values, which are then said in words
 */
export function detectImages(rows: readonly DataRow[]): Extract<ColumnMapping, { kind: "labelledImage" }> | null {
  const [first] = rows;
  const image = first && imageColumns.find((column) => rows.every((row) => isImage(row[column])));
  if (image === undefined) return null;
  const find = (names: readonly string[]) =>
    names.find((name) => rows.every((row) => row[name] !== undefined && typeof row[name] !== "object"));
  const label = find(classColumns);
  if (label === undefined) return null;
  const domain = find([...domainColumns.filter((name) => name !== label), "style"]);
  const split = find(splitColumns);
  return { kind: "labelledImage", image, label, ...(domain === undefined ? {} : { domain }), ...(split === undefined ? {} : { split }) };
}

/** Texts, with the image of each where there is a column of images: what models that read both are trained on. */
export function detectCaptions(rows: readonly DataRow[]): ColumnMapping | null {
  const image = imageColumns.find((column) => rows.every((row) => isImage(row[column])));
  const caption = captionColumns.find((column) => rows.every((row) => typeof row[column] === "string"));
  const shape = detectShape(rows) ?? (caption === undefined ? null : shapeOf(rows, { kind: "text", text: caption }));
  return shape === null || image === undefined || !takesImage(shape) ? shape : { ...shape, image };
}

function takesImage(shape: ColumnMapping): shape is Extract<ColumnMapping, { kind: "text" | "promptCompletion" | "instruction" }> {
  return shape.kind === "text" || shape.kind === "promptCompletion" || shape.kind === "instruction";
}

/** Bytes, alone or beside the path that they are from. */
function isImage(value: unknown): boolean {
  const isBytes = (given: unknown) => typeof given === "string" && /^\d+ bytes$/.test(given);
  return isBytes(value) || (isJsonObject(value) && isBytes(value["bytes"]));
}

function chatShape(rows: readonly DataRow[]): ColumnMapping | null {
  const messages = chatColumns.find((column) => rows.every((row) => isChat(row[column])));
  return messages === undefined ? null : { kind: "messages", messages };
}

function isChat(value: unknown): boolean {
  const isTurn = (turn: unknown): boolean =>
    isJsonObject(turn) && (("role" in turn && "content" in turn) || ("from" in turn && "value" in turn));
  return Array.isArray(value) && value.length > 0 && value.every(isTurn);
}

/** Instructions come before prompts: alpaca's rows may carry a `prompt` made of the others. */
function pairShape(texts: ReadonlySet<string>): ColumnMapping | null {
  const instruction = instructionPairs.find((pair) => pair.every((column) => texts.has(column)));
  if (instruction !== undefined) {
    const input = inputColumns.find((column) => texts.has(column));
    return { kind: "instruction", instruction: instruction[0], output: instruction[1], ...(input === undefined ? {} : { input }) };
  }
  const prompt = promptPairs.find((pair) => pair.every((column) => texts.has(column)));
  return prompt === undefined ? null : { kind: "promptCompletion", prompt: prompt[0], completion: prompt[1] };
}

/** A column of a usual name, or the only one that holds text. */
function textShape(texts: ReadonlySet<string>): ColumnMapping | null {
  const candidates = [...texts].filter((column) => !domainColumns.includes(column) && !splitColumns.includes(column));
  const text = textColumns.find((column) => texts.has(column)) ?? (candidates.length === 1 ? candidates[0] : undefined);
  return text === undefined ? null : { kind: "text", text };
}

function pairs(firsts: readonly string[], seconds: readonly string[]): (readonly [string, string])[] {
  return firsts.flatMap((first) => seconds.map((second) => [first, second] as const));
}
