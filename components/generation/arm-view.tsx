"use client";
import { memo } from "react";
import type { ArmState } from "@/components/generation/takes/generation";
import { chunksOf, isSameWithin } from "@/components/plots/position-chunks";
import { rampColour } from "@/components/plots/ramp";
import { MethodMark } from "@/components/shell/method-mark";
import { classNames } from "@/components/ui/class-names";
import { Skeleton } from "@/components/ui/skeleton";
import type { ArmName, GeneratedToken } from "@/lib/contract/generate";
import { formatFixed } from "@/lib/numbers/format";
import { ArmFigures } from "./arm-figures";
import { type ArmLooks, markOf, titleOf } from "./arm-titles";
import styles from "./generation.module.css";

type ArmViewProps = {
  readonly arm: ArmName;
  readonly looks: ArmLooks;
  readonly says: string;
  readonly state: ArmState;
  readonly isRunning: boolean;
  readonly hasAdapter: boolean;
  /** Which watched latent colours the text; −1 for none. */
  readonly coloured: number;
  readonly colourMax: number;
  /** Which tokens the arm that it is compared with has too; null where nothing is compared. */
  readonly isShared: readonly boolean[] | null;
  /** How a token is drawn that the other does not have. */
  readonly change: "in" | "out";
};

/** One arm's text as it comes, coloured by a latent and underlined where it differs, with its numbers. */
export function ArmView(props: ArmViewProps) {
  const { arm, looks, says, state, isRunning, hasAdapter, coloured, colourMax, isShared, change } = props;
  const { tokens, end } = state;
  const isComing = isRunning && end === null;
  return (
    <article className={classNames(styles["arm"], arm === "edited" && styles["edited"])} aria-busy={isComing}>
      <header>
        <MethodMark method={markOf(arm, looks)}>{titleOf(arm, looks)}</MethodMark>
        <span className="small dim">{says}</span>
      </header>
      <p className={styles["text"]}>
        {chunksOf(tokens.length).map(({ from, to }) => (
          <Chunk
            key={from}
            from={from}
            to={to}
            tokens={tokens}
            coloured={coloured}
            colourMax={colourMax}
            isShared={isShared ?? none}
            change={change}
          />
        ))}
        {isComing && tokens.length === 0 && <Skeleton width="62%" />}
        {isComing && tokens.length > 0 && <span className={styles["cursor"]} />}
      </p>
      <ArmFigures arm={arm} state={state} hasAdapter={hasAdapter} />
    </article>
  );
}

const none: readonly boolean[] = [];

type ChunkProps = {
  readonly from: number;
  readonly to: number;
  readonly tokens: readonly GeneratedToken[];
  readonly coloured: number;
  readonly colourMax: number;
  readonly isShared: readonly boolean[];
  readonly change: "in" | "out";
};

const Chunk = memo(
  function Chunk({ from, to, tokens, coloured, colourMax, isShared, change }: ChunkProps) {
    return tokens.slice(from, to).map((token, offset) => {
      const index = from + offset;
      return (
        <Token
          key={index}
          token={token}
          text={index === 0 ? token.text.replace(/^ /, "") : token.text}
          activation={coloured < 0 ? null : (token.activations[coloured] ?? null)}
          colourMax={colourMax}
          change={(isShared[index] ?? true) ? null : change}
        />
      );
    });
  },
  (before, after) =>
    before.to === after.to &&
    before.coloured === after.coloured &&
    before.colourMax === after.colourMax &&
    before.change === after.change &&
    isSameWithin(before.tokens, after.tokens, after.from, after.to) &&
    isSameWithin(before.isShared, after.isShared, after.from, after.to),
);

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
