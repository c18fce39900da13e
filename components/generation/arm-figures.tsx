import type { ArmState } from "@/components/generation/takes/generation";
import type { ArmName, EndReason } from "@/lib/contract/generate";
import { formatFixed, formatPlural, formatSignificant } from "@/lib/numbers/format";
import { distinctPairs, type MeanOf, meanKl, meanLogProbability } from "./arm-numbers";
import styles from "./generation.module.css";

type ArmFiguresProps = { readonly arm: ArmName; readonly state: ArmState; readonly hasAdapter: boolean };

/** An arm's means over its tokens, and how it ended. */
export function ArmFigures({ arm, state: { tokens, end }, hasAdapter }: ArmFiguresProps) {
  const distinct = distinctPairs(tokens);
  const toBase = arm === "base" ? null : meanKl(tokens, "base");
  const toAdapter = hasAdapter && (arm === "edited" || arm === "other") ? meanKl(tokens, "adapter") : null;
  return (
    <div className={styles["numbers"]}>
      <Mean name="KL to adapter" value={toAdapter} total={tokens.length} />
      <Mean name="KL to base" value={toBase} total={tokens.length} />
      <Mean name="log p" value={meanLogProbability(tokens)} unit="per token" />
      {distinct !== null && (
        <span title="Share of neighbouring token pairs that are distinct; 1: no repetition">
          distinct-2 <b>{formatFixed(distinct, 2)}</b>
        </span>
      )}
      {end !== null && (
        <span>
          {formatPlural(tokens.length, "token")}, {endWords[end]}
        </span>
      )}
    </div>
  );
}

type MeanProps = { readonly name: string; readonly value: MeanOf; readonly unit?: string; readonly total?: number };

function Mean({ name, value, unit, total }: MeanProps) {
  if (value === null) return null;
  const isPartial = total !== undefined && value.count < total;
  return (
    <span
      title={
        isPartial
          ? `Mean over the first ${value.count} of ${formatPlural(total, "token")}, before the arms’ texts diverge`
          : `Mean over ${formatPlural(value.count, "token")}, nats`
      }
    >
      {name} <b>{formatSignificant(value.mean)}</b>
      {unit === undefined ? "" : ` ${unit}`}
      {isPartial ? ` over ${value.count === 1 ? "the shared token" : `the ${value.count} shared tokens`}` : ""}
    </span>
  );
}

const endWords: Record<EndReason, string> = {
  endOfText: "end of text",
  maxTokens: "token limit",
  stop: "stop string",
  contextFull: "context full",
  forcedText: "end of forced text",
  stopped: "stopped",
};
