/**
 * The merge list that makes BPE choose as SentencePiece does: of all pairs whose join is a token, the join of the highest score first.
 * (As transformers converts a SentencePiece vocabulary.)
 *
 * @param tokens pieces by id
 * @param scores by id; higher is merged earlier
 * @returns pairs, first the one merged first
 */
export function mergesFromScores(tokens: readonly string[], scores: readonly number[]): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const found: { pair: [string, string]; score: number; left: number; right: number }[] = [];
  tokens.forEach((token, id) => {
    const characters = Array.from(token);
    let cut = 0;
    for (const character of characters.slice(0, -1)) {
      cut += character.length;
      const left = ids.get(token.slice(0, cut));
      const right = ids.get(token.slice(cut));
      if (left === undefined || right === undefined) continue;
      found.push({ pair: [token.slice(0, cut), token.slice(cut)], score: scores[id] ?? 0, left, right });
    }
  });
  return found.sort((a, b) => b.score - a.score || a.left - b.left || a.right - b.right).map(({ pair }) => pair);
}
