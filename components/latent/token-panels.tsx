import type { LatentDetail } from "@/lib/contract/latent";
import type { TailTokens } from "@/lib/contract/latent-columns/tail-tokens";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatInteger } from "@/lib/numbers/format";
import { TokenCounts } from "./token-counts";

type TokenPanelsProps = {
  readonly detail: LatentDetail;
  /** Whether it fires everywhere: then its tails are shown, since it fires at every token equally often. */
  readonly isDense: boolean;
  /** Whether the tokens that follow a firing are shown. */
  readonly hasNext?: boolean;
};

/** The tokens of a latent; nothing where positions have no vocabulary. */
export function TokenPanels({ detail, isDense, hasNext = false }: TokenPanelsProps) {
  const { row, nextTokens, positionKind } = detail;
  if (!positionKindOf(positionKind).hasVocabulary) return null;
  if (isDense)
    return (
      <>
        <Tail sign="positive" tail={row.positiveTail} />
        <Tail sign="negative" tail={row.negativeTail} />
      </>
    );
  return (
    <>
      <TokenCounts title="Top tokens" tokens={row.topTokens} fireCount={row.fireCount} empty="No tokens counted." />
      {hasNext && <TokenCounts title="Next tokens" tokens={nextTokens} fireCount={row.fireCount} empty="No next tokens counted." />}
    </>
  );
}

function Tail({ sign, tail }: { readonly sign: "positive" | "negative"; readonly tail: TailTokens | null }) {
  const empty =
    tail === null
      ? "Collected by an earlier version. Collect again to see this tail."
      : tail.positions === 0
        ? `Never ${sign}.`
        : "No token is over-represented.";
  return (
    <TokenCounts
      title={sign === "positive" ? "Positive tail" : "Negative tail"}
      tokens={tail?.tokens ?? []}
      fireCount={tail?.positions ?? 0}
      of={tail === null ? "the tail" : `the tail’s ${formatInteger(tail.positions)} tokens`}
      isNegative={sign === "negative"}
      empty={empty}
    />
  );
}
