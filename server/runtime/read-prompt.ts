import { type ChatMessage, type GenerateRequest, imagePlace, type PromptImage } from "@/lib/contract/generate";
import { type Images, joinImages } from "@/server/engine/models/images";
import { renderChat } from "@/server/engine/text/chat";
import { expandImages } from "@/server/engine/text/image-tokens";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { FileError } from "@/server/files/file-error";
import { decodeImage } from "@/server/files/images/decode-image";
import { scaled, sizedPixels } from "@/server/files/images/prepare-image";
import { encodeRequest } from "./encode-prompt";
import type { BaseModel } from "./models/load-base-model";
import { demandTokenizer } from "./models/load-tokenizer";
import { type PromptImages, promptImages } from "./models/prompt-images";

/** What is to be continued, as the model reads it. */
export type ReadPrompt = { readonly promptIds: number[]; readonly images: Images | undefined };

type Asked = Pick<GenerateRequest, "prompt" | "useChatTemplate" | "messages" | "promptIds"> & {
  readonly images?: readonly PromptImage[] | undefined;
};

/**
 * A prompt with its images.
 *
 * @throws RangeError as `encodeRequest`, and where images and their places do not fit; FileError naming the image that cannot be read
 */
export async function readPrompt(base: BaseModel, asked: Asked): Promise<ReadPrompt> {
  const request = { ...asked, images: asked.images ?? [] };
  const tokenizer = demandTokenizer(base.tokenizer, base.path);
  if (base.model.images === undefined) {
    if (request.images.length === 0) return { promptIds: encodeRequest(tokenizer, request), images: undefined };
    throw new RangeError("The model reads texts alone: leave the images out, or use a model with a vision encoder.");
  }
  const own = promptImages(base, tokenizer) as PromptImages;
  const images = await readImages(request.images, own, base);
  const ids = request.promptIds === undefined ? encoded(tokenizer, request, own) : [...request.promptIds];
  const places = ids.filter((id) => id === own.id).length / (request.promptIds === undefined ? 1 : own.each);
  if (places !== request.images.length) {
    throw new RangeError(`The prompt has ${places} places for images (${own.text}), and ${request.images.length} images were sent.`);
  }
  return { promptIds: request.promptIds === undefined ? expandImages(ids, own).ids : ids, images };
}

function encoded(tokenizer: Tokenizer, { prompt, useChatTemplate, messages, images = [] }: Asked, { text: token }: PromptImages): number[] {
  const turns = messages ?? (useChatTemplate ? [{ role: "user" as const, content: prompt }] : undefined);
  if (turns === undefined) return tokenizer.encode(placed([prompt], images.length, token).join(""), { addSpecialTokens: true });
  const last = turns.findLastIndex(({ role }) => role === "user");
  const contents = placed(
    turns.map(({ content }) => content),
    images.length,
    token,
    last,
  );
  const shown = turns.map((turn, at): ChatMessage => ({ ...turn, content: contents[at] ?? "" }));
  return tokenizer.encode(rendered(tokenizer, shown, token), { addSpecialTokens: false });
}

/** Texts with image tokens at the places of images; those that have none come before the text `at`. */
function placed(texts: readonly string[], count: number, token: string, at = 0): string[] {
  const named = texts.map((text) => text.replaceAll(imagePlace, token));
  const without = count - named.reduce((sum, text) => sum + text.split(token).length - 1, 0);
  return named.map((text, place) => (place === at && without > 0 ? `${`${token}\n`.repeat(without)}${text}` : text));
}

function rendered(tokenizer: Tokenizer, messages: readonly ChatMessage[], imageToken: string): string {
  try {
    return renderChat(tokenizer, messages, { addGenerationPrompt: true, imageToken });
  } catch (cause) {
    throw new RangeError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function readImages(images: readonly PromptImage[], { prepared }: PromptImages, base: BaseModel): Promise<Images | undefined> {
  const { processor, channels } = prepared;
  const read: Images[] = [];
  for (const { name, data } of images) {
    const sized = sizedPixels(await decodeImage(name, Buffer.from(data, "base64")), processor, channels);
    const { values, height, width } = scaled(sized, processor);
    const image = { pixels: values, channels, height, width };
    const problem = base.model.images?.problemOf(image) ?? null;
    if (problem !== null) throw new FileError("invalid", name, `becomes an image that ${problem}`);
    read.push(image);
  }
  return read.length === 0 ? undefined : joinImages(read);
}
