import type { DecoderConfig } from "@/lib/contract/architectures/decoder-config";

/** The last part of a module's name, `q_proj`. */
export function lastPart(module: string): string {
  return module.slice(module.lastIndexOf(".") + 1);
}

/** The tensors outside the blocks but the final norm's, with their shapes. */
export function outerShapes({ names, vocab, dModel, contextLength, tieWordEmbeddings }: DecoderConfig): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([[`${names.embedding}.weight`, [vocab, dModel]]]);
  if (names.positions !== undefined) shapes.set(`${names.positions}.weight`, [contextLength, dModel]);
  if (!tieWordEmbeddings) shapes.set(`${names.head}.weight`, [vocab, dModel]);
  return shapes;
}

/** A tied head may be stored beside the embedding. */
export function isTiedHead(name: string, { names, tieWordEmbeddings }: DecoderConfig): boolean {
  return tieWordEmbeddings && name === `${names.head}.weight`;
}
