import { type ColumnMapping, imageColumnOf } from "@/lib/contract/data-set";
import { chatSegments, chatTurns, plainSegments } from "./chat-segments";
import { expandImages, type ImageTokens, withImage } from "./image-tokens";
import { encodeSegments, type Segment } from "./segments";
import type { Tokenizer } from "./tokenizer";

/** One row of a data set, by column. */
export type DataRow = { readonly [column: string]: unknown };

export type RowOptions = {
  /** Tokens kept, from the start. */
  maxTokens: number;
  /** `chat` writes prompts and turns as the model's chat template does; a plain text stays as it is. */
  template: "plain" | "chat";
  /** The row's number, for errors. */
  rowNumber: number;
  /** How the model writes images; undefined where it reads texts alone. */
  images?: ImageTokens | undefined;
};

export type TokenisedRow = {
  ids: Int32Array;
  /** Beside each id the id itself where the loss counts it as a target, −100 where not; never the first. */
  labels: Int32Array;
  /** Null where the mapping names no domain column. */
  domain: string | null;
  /** Whether tokens beyond `maxTokens` were cut off. */
  tooLong: boolean;
};

/** The label that the loss leaves out. */
export const noLoss = -100;

/**
 * The tokens of one row and which of them are trained on: of a text all but the first; of prompt and completion, or instruction and output,
 * the completion and the end-of-text token; of a chat the assistant's turns. The preview and the training both come here.
 *
 * @throws Error naming row and column where a value is missing, empty or of the wrong kind
 */
export function tokeniseRow(tokenizer: Tokenizer, row: DataRow, mapping: ColumnMapping, options: RowOptions): TokenisedRow {
  try {
    const domain = mapping.domain === undefined ? null : domainOf(row, mapping.domain);
    const image = imageTokensOf(mapping, options);
    const { segments, addSpecialTokens } = segmentsOf(tokenizer, row, mapping, { ...options, image });
    const encoded = encodeSegments(tokenizer, segments, { addSpecialTokens });
    const { ids, hasLoss } = options.images === undefined ? encoded : expanded(encoded, options, options.images, image !== undefined);
    const length = Math.min(ids.length, options.maxTokens);
    return {
      ids: Int32Array.from(ids.slice(0, length)),
      labels: Int32Array.from({ length }, (_, at) => (at > 0 && hasLoss[at] ? (ids[at] ?? noLoss) : noLoss)),
      domain,
      tooLong: ids.length > options.maxTokens,
    };
  } catch (cause) {
    throw new Error(`row ${options.rowNumber}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Undefined where the row has no image. @throws Error where the model reads none */
function imageTokensOf(mapping: ColumnMapping, { images }: RowOptions): ImageTokens | undefined {
  const column = mapping.kind === "labelledImage" ? undefined : imageColumnOf(mapping);
  if (column === undefined) return undefined;
  if (images !== undefined) return images;
  throw new Error(`column ${JSON.stringify(column)} is mapped as images, and the model reads texts alone: leave it out`);
}

/** @throws Error where the row has other than one place for its image, or a cut would go through it */
function expanded(
  { ids, hasLoss }: { ids: number[]; hasLoss: boolean[] },
  { maxTokens }: RowOptions,
  images: ImageTokens,
  hasImage: boolean,
): { ids: number[]; hasLoss: boolean[] } {
  const made = expandImages(ids, images, hasLoss);
  if (made.images !== (hasImage ? 1 : 0)) {
    throw new Error(`has ${made.images} image tokens (${images.text}) and ${hasImage ? "one image" : "no image: map a column of images"}`);
  }
  const last = made.ids.lastIndexOf(images.id);
  if (last < maxTokens) return made;
  throw new Error(`its image takes ${images.each} tokens, up to token ${last + 1}; rows are cut at ${maxTokens}: choose more tokens`);
}

/**
 * What a row asks, without its answer: the text, the prompt, or the instruction in Alpaca's wording (bare where a chat template is to frame it).
 *
 * @throws Error where the value is missing or empty, or the row is a chat
 */
export function questionText(row: DataRow, mapping: ColumnMapping, template: "plain" | "chat"): string {
  switch (mapping.kind) {
    case "text":
      return textOf(row, mapping.text);
    case "promptCompletion": {
      const { request, plainPrompt } = promptOf(row, mapping);
      return template === "chat" ? request : plainPrompt;
    }
    case "instruction": {
      const { request, plainPrompt } = instructionPrompt(row, mapping);
      return template === "chat" ? request : plainPrompt;
    }
    case "messages":
      throw new Error("a chat has no question for the choices: map a text or a prompt column");
    case "labelled":
    case "labelledImage":
      throw new Error(forEncoders);
  }
}

const forEncoders = "labelled rows are for encoders: map a text or a prompt column for a causal language model";

/** A prompt's end and an answer's end, as the row's shape and the chosen template write them. */
function segmentsOf(
  tokenizer: Tokenizer,
  row: DataRow,
  mapping: ColumnMapping,
  { template, image, images }: Pick<RowOptions, "template" | "images"> & { readonly image: ImageTokens | undefined },
): { segments: Segment[]; addSpecialTokens: boolean } {
  const shown = (text: string) => (image === undefined ? text : withImage(text, image));
  if (mapping.kind === "text") {
    return { segments: [{ text: shown(textOf(row, mapping.text)), hasLoss: true }], addSpecialTokens: true };
  }
  if (mapping.kind === "messages") {
    const turns = chatTurns(row[mapping.messages], mapping.messages);
    if (template === "chat") return { segments: chatSegments(tokenizer, turns, mapping.messages, images?.text), addSpecialTokens: false };
    return { segments: plainSegments(turns, endOfText(tokenizer)), addSpecialTokens: true };
  }
  if (mapping.kind === "labelled" || mapping.kind === "labelledImage") throw new Error(forEncoders);
  const { request, plainPrompt, answer } = mapping.kind === "instruction" ? instructionParts(row, mapping) : completionParts(row, mapping);
  if (template === "chat") {
    const turns = [
      { role: "user", content: shown(request) },
      { role: "assistant", content: answer },
    ];
    return {
      segments: chatSegments(tokenizer, turns, mapping.kind === "instruction" ? mapping.output : mapping.completion, images?.text),
      addSpecialTokens: false,
    };
  }
  return {
    segments: [
      { text: shown(plainPrompt), hasLoss: false },
      { text: answer + endOfText(tokenizer), hasLoss: true },
    ],
    addSpecialTokens: true,
  };
}

type Parts = { request: string; plainPrompt: string; answer: string };

type PromptMapping = Extract<ColumnMapping, { kind: "promptCompletion" }>;

function completionParts(row: DataRow, mapping: PromptMapping): Parts {
  return { ...promptOf(row, mapping), answer: textOf(row, mapping.completion) };
}

/** A chat template separates prompt and completion itself. */
function promptOf(row: DataRow, { prompt, separator = "" }: PromptMapping): Omit<Parts, "answer"> {
  const request = textOf(row, prompt);
  return { request, plainPrompt: request + separator };
}

function instructionParts(row: DataRow, mapping: Extract<ColumnMapping, { kind: "instruction" }>): Parts {
  return { ...instructionPrompt(row, mapping), answer: textOf(row, mapping.output) };
}

/** The wording of the Alpaca data set (Taori et al. 2023). */
function instructionPrompt(row: DataRow, mapping: Extract<ColumnMapping, { kind: "instruction" }>): Omit<Parts, "answer"> {
  const instruction = textOf(row, mapping.instruction);
  const input = mapping.input === undefined ? "" : optionalTextOf(row, mapping.input);
  if (input === "") {
    return {
      request: instruction,
      plainPrompt: `Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\n${instruction}\n\n### Response:\n`,
    };
  }
  return {
    request: `${instruction}\n\n${input}`,
    plainPrompt: `Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n### Instruction:\n${instruction}\n\n### Input:\n${input}\n\n### Response:\n`,
  };
}

/** The spelling of the end-of-text token, or nothing for a tokenizer without one. */
function endOfText(tokenizer: Tokenizer): string {
  return tokenizer.eosId === null ? "" : tokenizer.tokenText(tokenizer.eosId);
}

/** @throws Error where the value is missing, empty or no text */
export function textOf(row: DataRow, column: string): string {
  const value = optionalTextOf(row, column);
  if (value === "") throw new Error(`column ${JSON.stringify(column)} is empty`);
  return value;
}

function optionalTextOf(row: DataRow, column: string): string {
  const value = row[column];
  if (value === undefined || !Object.hasOwn(row, column)) throw new Error(`has no column ${JSON.stringify(column)}`);
  if (value === null) return "";
  if (typeof value === "object")
    throw new Error(`column ${JSON.stringify(column)} holds ${Array.isArray(value) ? "a list" : "an object"}, not text`);
  return String(value);
}

function domainOf(row: DataRow, column: string): string {
  return textOf(row, column);
}
