import type { PreviewRow } from "@/lib/contract/data-set";

type Token = PreviewRow["tokens"][number];

/** Fewer are shown one by one; ours. */
const fewest = 8;

/** Tokens of a row in their order; where many equal ones follow one another without loss, as the image tokens of an image do, one with how many they are. */
export function repeatedTokens(tokens: readonly Token[]): { readonly token: Token; readonly times: number }[] {
  const runs: { token: Token; times: number }[] = [];
  for (const token of tokens) {
    const last = runs.at(-1);
    if (last !== undefined && last.token.id === token.id && !last.token.hasLoss && !token.hasLoss) last.times += 1;
    else runs.push({ token, times: 1 });
  }
  return runs.flatMap(({ token, times }) =>
    times < fewest ? Array.from({ length: times }, () => ({ token, times: 1 })) : [{ token, times }],
  );
}
