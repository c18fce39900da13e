"use client";
import { rampColour } from "@/components/plots/ramp";
import { MethodMark } from "@/components/shell/method-mark";
import { classNames } from "@/components/ui/class-names";
import { Skeleton } from "@/components/ui/skeleton";
import type { ArmName, GeneratedToken } from "@/lib/contract/generate";
import { formatFixed, formatInteger, formatSignificant } from "@/lib/numbers/format";
import { distinctPairs, type MeanOf, meanKl, meanLogProbability } from "./arm-numbers";
import type { ArmEnd, ArmState } from "./generation";
import styles from "./generation.module.css";

type ArmViewProps = {
  readonly arm: ArmName;
  readonly method: "stan" | "lora";
  readonly says: string;
  readonly state: ArmState;
  readonly isRunning: boolean;
  /** Which watched latent colours the text; −1 for none. */
  readonly coloured: number;
  readonly colourMax: number;
  /** Which tokens the other arm has too; null where nothing is compared. */
  readonly isShared: readonly boolean[] | null;
};

/** One arm's text as it comes, coloured by a latent and underlined where it differs, with its numbers. */
export function ArmView({ arm, method, says, state, isRunning, coloured, colourMax, isShared }: ArmViewProps) {
  const { tokens, end } = state;
  const isComing = isRunning && end === null;
  return (
    <article className={classNames(styles["arm"], arm === "edited" && styles["edited"])} aria-busy={isComing}>
      <header>
        <MethodMark method={arm === "adapter" ? method : arm}>{armTitle[arm]}</MethodMark>
        <span className="small dim">{says}</span>
      </header>
      <p className={styles["text"]}>
        {tokens.map((token, index) => (
          <Token
            // biome-ignore lint/suspicious/noArrayIndexKey: tokens stand where they stand
            key={index}
            token={token}
            text={index === 0 ? token.text.replace(/^ /, "") : token.text}
            activation={coloured < 0 ? null : (token.activations[coloured] ?? null)}
            colourMax={colourMax}
            change={isShared === null || (isShared[index] ?? true) ? null : arm === "edited" ? "in" : "out"}
          />
        ))}
        {isComing && tokens.length === 0 && <Skeleton width="62%" />}
        {isComing && tokens.length > 0 && <span className={styles["cursor"]} />}
      </p>
      <Numbers arm={arm} tokens={tokens} end={end} />
    </article>
  );
}

const armTitle = { base: "Base", adapter: "Adapter", edited: "Edited" } as const;

type TokenProps = {
  readonly token: GeneratedToken;
  /** As it is drawn: a text does not begin with its first token's space. */
  readonly text: string;
  readonly activation: number | null;
  readonly colourMax: number;
  readonly change: "in" | "out" | null;
};

function Token({ token, text, activation, colourMax, change }: TokenProps) {
  const isColoured = activation !== null && activation !== 0;
  return (
    <span
      className={classNames(
        styles["token"],
        isColoured && styles["coloured"],
        change === "in" && styles["in"],
        change === "out" && styles["out"],
      )}
      style={isColoured ? { background: rampColour(activation, colourMax, "act") } : undefined}
      title={[
        `log p ${formatFixed(token.logProbability, 2)}`,
        ...(activation === null ? [] : [`activation ${formatFixed(activation, 2)}`]),
      ].join(", ")}
    >
      {text}
    </span>
  );
}

function Numbers({ arm, tokens, end }: { readonly arm: ArmName; readonly tokens: readonly GeneratedToken[]; readonly end: ArmEnd | null }) {
  const distinct = distinctPairs(tokens);
  const toBase = arm === "base" ? null : meanKl(tokens, "base");
  const toAdapter = arm === "edited" ? meanKl(tokens, "adapter") : null;
  return (
    <div className={styles["numbers"]}>
      <Mean name="log p" value={meanLogProbability(tokens)} unit="a token" />
      <Mean name="KL to base" value={toBase} total={tokens.length} />
      <Mean name="KL to adapter" value={toAdapter} total={tokens.length} />
      {distinct !== null && (
        <span title="Share of neighbouring token pairs that are distinct; 1 repeats nothing">
          distinct-2 <b>{formatFixed(distinct, 2)}</b>
        </span>
      )}
      {end !== null && (
        <span>
          {formatInteger(tokens.length)} tokens, {endWords[end]}
        </span>
      )}
    </div>
  );
}

function Mean({
  name,
  value,
  unit,
  total,
}: {
  readonly name: string;
  readonly value: MeanOf;
  readonly unit?: string;
  readonly total?: number;
}) {
  if (value === null) return null;
  const isPartial = total !== undefined && value.count < total;
  return (
    <span
      title={
        isPartial
          ? `Mean over the first ${value.count} of ${total} tokens: after them the arms have read different texts`
          : `Mean over ${value.count} tokens`
      }
    >
      {name} <b>{formatSignificant(value.mean)}</b>
      {unit === undefined ? "" : ` ${unit}`}
      {isPartial ? ` over ${value.count}` : ""}
    </span>
  );
}

const endWords: Record<ArmEnd, string> = {
  endOfText: "ended by itself",
  maxTokens: "at the limit",
  stop: "at a stop string",
  contextFull: "context is full",
};
