import { z } from "zod";

/** Of a token that is only a part of a character, whose text stands at another of the character's tokens: its bytes by name, as in `<0xF0><0x9F>`. */
export const tokenBytes = z.string().optional();

/** What a token shows by itself: its text, or the bytes that it adds to a character. */
export function shownAlone({ text, bytes }: { readonly text: string; readonly bytes?: string | undefined }): string {
  return text === "" ? (bytes ?? "") : text;
}
