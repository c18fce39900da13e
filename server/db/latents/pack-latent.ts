import type { CountedToken } from "@/lib/contract/latent-columns/counted-token";
import type { TailTokens } from "@/lib/contract/latent-columns/tail-tokens";

/** Number of a token's text among the collection's texts. */
export type NumberOfText = (text: string) => number;
export type RelatedPlace = { module: number; index: number; value: number };
export type FiresWith = { index: number; value: number; together: number };
export type LogitEffect = { raised: { token: string; change: number }[]; lowered: { token: string; change: number }[] };

/** A component's place in its module's spectrum: one share a singular value. */
export type Spectrum = { singularValues: ArrayLike<number>; shares: ArrayLike<number> };

const countedBytes = 16;
const tailHeadBytes = 4;
const changeBytes = 8;
const relatedBytes = 12;
const binBytes = 5;
const histogramBins = 128;

/** A token takes 16 bytes: its text's number, count, error (int32), lift (float32), little-endian. */
export function packTokens(tokens: readonly CountedToken[], numberOf: NumberOfText): Buffer {
  const packed = Buffer.allocUnsafe(tokens.length * countedBytes);
  let at = 0;
  for (const { token, count, error, lift } of tokens) {
    at = packed.writeInt32LE(numberOf(token), at);
    at = packed.writeInt32LE(count, at);
    at = packed.writeInt32LE(error, at);
    at = packed.writeFloatLE(lift, at);
  }
  return packed;
}

/** @param texts by number */
export function unpackTokens(packed: Buffer, texts: readonly string[]): CountedToken[] {
  return Array.from({ length: packed.length / countedBytes }, (_, i) => ({
    token: texts[packed.readInt32LE(i * countedBytes)] ?? "",
    count: packed.readInt32LE(i * countedBytes + 4),
    error: packed.readInt32LE(i * countedBytes + 8),
    lift: packed.readFloatLE(i * countedBytes + 12),
  }));
}

/** The numbers of the texts alone. */
export function eachTextNumber(packed: Buffer, visit: (number: number) => void): void {
  for (let at = 0; at < packed.length; at += countedBytes) visit(packed.readInt32LE(at));
}

/** The number of positions (int32), then its tokens as `packTokens` writes them. */
export function packTail({ positions, tokens }: TailTokens, numberOf: NumberOfText): Buffer {
  const head = Buffer.alloc(tailHeadBytes);
  head.writeInt32LE(positions);
  return Buffer.concat([head, packTokens(tokens, numberOf)]);
}

export function unpackTail(packed: Buffer, texts: readonly string[]): TailTokens {
  return { positions: packed.readInt32LE(0), tokens: unpackTokens(tokensOfTail(packed), texts) };
}

/** Its tokens, as `packTokens` wrote them. */
export function tokensOfTail(packed: Buffer): Buffer {
  return packed.subarray(tailHeadBytes);
}

/** float32: as many singular values as shares, the values first. */
export function packSpectrum({ singularValues, shares }: Spectrum): Buffer {
  const packed = Buffer.allocUnsafe(2 * 4 * singularValues.length);
  let at = 0;
  for (let i = 0; i < singularValues.length; i++) at = packed.writeFloatLE(singularValues[i] ?? 0, at);
  for (let i = 0; i < singularValues.length; i++) at = packed.writeFloatLE(shares[i] ?? 0, at);
  return packed;
}

export function unpackSpectrum(packed: Buffer): { singularValues: number[]; shares: number[] } {
  const numbers = Array.from({ length: packed.length / 4 }, (_, i) => packed.readFloatLE(4 * i));
  const directions = numbers.length / 2;
  return { singularValues: numbers.slice(0, directions), shares: numbers.slice(directions) };
}

/** The texts' numbers with their lifts, in the list's order. */
export function eachTokenOf(packed: Buffer): { number: number; lift: number }[] {
  return Array.from({ length: packed.length / countedBytes }, (_, i) => ({
    number: packed.readInt32LE(i * countedBytes),
    lift: packed.readFloatLE(i * countedBytes + 12),
  }));
}

/** The number of raised tokens, then 8 bytes a token: its text's number (int32) and its change (float32); raised ones first. */
export function packLogitEffect({ raised, lowered }: LogitEffect, numberOf: NumberOfText): Buffer {
  const packed = Buffer.allocUnsafe(4 + (raised.length + lowered.length) * changeBytes);
  let at = packed.writeInt32LE(raised.length, 0);
  for (const { token, change } of [...raised, ...lowered]) {
    at = packed.writeInt32LE(numberOf(token), at);
    at = packed.writeFloatLE(change, at);
  }
  return packed;
}

export function unpackLogitEffect(packed: Buffer, texts: readonly string[]): LogitEffect {
  const changes = Array.from({ length: (packed.length - 4) / changeBytes }, (_, i) => ({
    token: texts[packed.readInt32LE(4 + i * changeBytes)] ?? "",
    change: packed.readFloatLE(8 + i * changeBytes),
  }));
  const raised = packed.readInt32LE(0);
  return { raised: changes.slice(0, raised), lowered: changes.slice(raised) };
}

/** 12 bytes a latent: two int32 and a float32. */
export function packRelated(related: readonly RelatedPlace[]): Buffer {
  return packTriples(related.map(({ module, index, value }) => [module, index, value]));
}

export function unpackRelated(packed: Buffer): RelatedPlace[] {
  return unpackTriples(packed).map(([module, index, value]) => ({ module, index, value }));
}

export function packFiresWith(firesWith: readonly FiresWith[]): Buffer {
  return packTriples(firesWith.map(({ index, value, together }) => [together, index, value]));
}

export function unpackFiresWith(packed: Buffer): FiresWith[] {
  return unpackTriples(packed).map(([together, index, value]) => ({ index, value, together }));
}

/** Bins that hold anything, 5 bytes each: the bin (uint8) and its count (uint32). */
export function packHistogram(counts: Uint32Array): Buffer {
  const packed = Buffer.allocUnsafe(counts.reduce((sum, count) => sum + (count > 0 ? binBytes : 0), 0));
  let at = 0;
  for (const [bin, count] of counts.entries()) {
    if (count === 0) continue;
    at = packed.writeUInt8(bin, at);
    at = packed.writeUInt32LE(count, at);
  }
  return packed;
}

/** @returns shape (128): 64 counts of positive activations, then 64 of negative ones */
export function unpackHistogram(packed: Buffer): Uint32Array {
  const counts = new Uint32Array(histogramBins);
  for (let at = 0; at < packed.length; at += binBytes) counts[packed.readUInt8(at)] = packed.readUInt32LE(at + 1);
  return counts;
}

type Triple = readonly [number, number, number];

function packTriples(triples: readonly Triple[]): Buffer {
  const packed = Buffer.allocUnsafe(triples.length * relatedBytes);
  let at = 0;
  for (const [first, second, value] of triples) {
    at = packed.writeInt32LE(first, at);
    at = packed.writeInt32LE(second, at);
    at = packed.writeFloatLE(value, at);
  }
  return packed;
}

function unpackTriples(packed: Buffer): Triple[] {
  return Array.from({ length: packed.length / relatedBytes }, (_, i) => [
    packed.readInt32LE(i * relatedBytes),
    packed.readInt32LE(i * relatedBytes + 4),
    packed.readFloatLE(i * relatedBytes + 8),
  ]);
}
