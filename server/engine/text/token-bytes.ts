/** How a vocabulary's pieces stand for text. */
export type PieceFamily = "byteLevel" | "metaspace" | "wordPiece";

const encoder = new TextEncoder();
const bytePiece = /^<0x([0-9A-Fa-f]{2})>$/;

/**
 * GPT-2's printable stand-ins for bytes (`bytes_to_unicode`): printable Latin-1 stands for itself, the other 68 bytes for U+0100 and up.
 *
 * @returns character → byte
 */
function byteLevelAlphabet(): Map<string, number> {
  const alphabet = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    alphabet.set(String.fromCodePoint(isPrintable ? byte : next++), byte);
  }
  return alphabet;
}

const alphabet = byteLevelAlphabet();

/**
 * The UTF-8 bytes that a piece adds to the text. A byte-level or byte-fallback piece can be a part of a character.
 *
 * @param piece as the vocabulary spells it; not for added tokens, whose spelling is their text
 */
export function pieceBytes(piece: string, family: PieceFamily): Uint8Array {
  if (family === "wordPiece") return encoder.encode(piece.startsWith("##") ? piece.slice(2) : ` ${piece}`);
  if (family === "metaspace") {
    const byte = bytePiece.exec(piece)?.[1];
    return byte === undefined ? encoder.encode(piece.replaceAll("▁", " ")) : Uint8Array.of(Number.parseInt(byte, 16));
  }
  const bytes: number[] = [];
  for (const character of piece) {
    const byte = alphabet.get(character);
    if (byte === undefined) return encoder.encode(piece);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** Text of whole characters; bytes that form none are named one by one, as in `<0xE2>`. */
export function shownBytes(bytes: Uint8Array): string {
  const { text, rest } = wholeCharacters(bytes);
  return text + nameBytes(rest);
}

/**
 * The characters that bytes form. A byte that can begin or continue none is named where it is.
 *
 * @returns the text, and at most three bytes at the end that begin a character
 */
export function wholeCharacters(bytes: Uint8Array): { readonly text: string; readonly rest: Uint8Array } {
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const size = characterSize(bytes, at);
    if (size === "unfinished") break;
    text += size === 0 ? nameBytes(bytes.subarray(at, at + 1)) : strict.decode(bytes.subarray(at, at + size));
    at += Math.max(1, size);
  }
  return { text, rest: bytes.slice(at) };
}

/** Bytes by their names, as vocabularies with byte tokens spell them: `<0xE2><0x80>`. */
export function nameBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`).join("");
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes of the character at `at`; 0 where none begins there, and unfinished where the bytes end within it. */
function characterSize(bytes: Uint8Array, at: number): number | "unfinished" {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const there = bytes.subarray(at, at + size);
  if (!there.subarray(1).every(isContinuation) || !isLegalSecond(lead, there[1])) return 0;
  return there.length < size ? "unfinished" : size;
}

function isContinuation(byte: number): boolean {
  return byte >> 6 === 0b10;
}

/** Neither an overlong form, nor half of a surrogate pair, nor beyond U+10FFFF (Unicode 15, table 3-7). */
function isLegalSecond(lead: number, second: number | undefined): boolean {
  if (second === undefined) return true;
  switch (lead) {
    case 0xe0:
      return second >= 0xa0;
    case 0xed:
      return second < 0xa0;
    case 0xf0:
      return second >= 0x90;
    case 0xf4:
      return second < 0x90;
    default:
      return true;
  }
}
