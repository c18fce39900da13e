import { nameBytes, wholeCharacters } from "./token-bytes";
import type { Tokenizer } from "./tokenizer";

/** Turns ids that come one at a time into text, without ever giving a part of a character. */
export type StreamDecoder = {
  /** Text that became whole by this token; empty while a character is unfinished. Bytes that cannot become a character are named, as in `<0xE2>`. */
  push(id: number): string;
  /** What is left at the end: the bytes of an unfinished character by their names. */
  end(): string;
};

/** A decoder for text that continues what stood before: a leading space is kept. */
export function createStreamDecoder(tokenizer: Tokenizer, options: { skipSpecialTokens: boolean }): StreamDecoder {
  let unfinished: Uint8Array = new Uint8Array();
  return {
    push: (id) => {
      if (options.skipSpecialTokens && tokenizer.isSpecial(id)) return "";
      const { text, rest } = wholeCharacters(Uint8Array.from([...unfinished, ...tokenizer.tokenBytes(id)]));
      unfinished = rest;
      return text;
    },
    end: () => {
      const text = nameBytes(unfinished);
      unfinished = new Uint8Array();
      return text;
    },
  };
}

/** The bytes of a token that adds only a part of a character, by name; nothing of one that has a text. */
export function partialBytes(tokenizer: Tokenizer, id: number, text: string): { bytes?: string } {
  const bytes = text === "" ? nameBytes(tokenizer.tokenBytes(id)) : "";
  return bytes === "" ? {} : { bytes };
}

/**
 * The text of each token where tokens stand side by side. Joined they are the text: a character cut over several tokens stands at the one
 * that completes it, and the tokens before it are empty; bytes that never form a character are shown as `<0xE2>`.
 */
export function tokenTexts(tokenizer: Tokenizer, ids: readonly number[]): string[] {
  const texts: string[] = [];
  let start = 0;
  while (start < ids.length) {
    const end = characterEnd(tokenizer, ids, start);
    if (end === undefined) {
      texts.push(tokenizer.tokenText(ids[start] ?? 0));
      start++;
      continue;
    }
    for (let at = start; at < end; at++) texts.push("");
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    texts.push(
      ids
        .slice(start, end + 1)
        .map((id) => decoder.decode(tokenizer.tokenBytes(id), { stream: true }))
        .join(""),
    );
    start = end + 1;
  }
  return texts;
}

/** Longest run of tokens that one UTF-8 character can be cut into beyond its first. */
const maxContinuations = 3;

/** The first token at which the bytes from `start` on form whole characters; undefined when they never do. */
function characterEnd(tokenizer: Tokenizer, ids: readonly number[], start: number): number | undefined {
  const bytes: number[] = [];
  for (let at = start; at < ids.length && at <= start + maxContinuations; at++) {
    bytes.push(...tokenizer.tokenBytes(ids[at] ?? 0));
    if (isWholeText(Uint8Array.from(bytes))) return at;
  }
  return undefined;
}

const strict = new TextDecoder("utf-8", { fatal: true });

function isWholeText(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
