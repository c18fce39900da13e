/** Reads `0-3, 8` as [0, 1, 2, 3, 8]; empty means all layers (null). */
export function parseLayers(
  text: string,
  numLayers: number,
): { layers: number[] | null; error?: undefined } | { layers?: undefined; error: string } {
  if (text.trim() === "") return { layers: null };
  const found = new Set<number>();
  for (const part of text.split(",").map((piece) => piece.trim())) {
    const match = /^(\d+)(?:\s*[-–]\s*(\d+))?$/.exec(part);
    if (!match) return { error: `“${part}” is not a layer; write 0-3, 8` };
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    if (to < from) return { error: `${part} runs backwards` };
    if (to >= numLayers) return { error: `This model has layers 0 to ${numLayers - 1}` };
    for (let layer = from; layer <= to; layer++) found.add(layer);
  }
  return { layers: [...found].sort((a, b) => a - b) };
}

/** Writes [0, 1, 2, 3, 8] as `0-3, 8`. */
export function writeLayers(layers: readonly number[] | null): string {
  if (layers === null) return "";
  const runs: [number, number][] = [];
  for (const layer of layers) {
    const last = runs.at(-1);
    if (last && layer === last[1] + 1) last[1] = layer;
    else runs.push([layer, layer]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}
