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

/** Text of whole characters; bytes that form none are shown one by one as `<0xE2>`. */
export function shownBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`).join("");
  }
}
