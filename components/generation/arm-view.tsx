"use client";
import { memo } from "react";
import type { ArmState } from "@/components/generation/takes/generation";
import { chunksOf, isSameWithin } from "@/components/plots/position-chunks";
import { MethodMark } from "@/components/shell/method-mark";
import { ByteText } from "@/components/ui/byte-text";
import { classNames } from "@/components/ui/class-names";
import { Skeleton } from "@/components/ui/skeleton";
import type { ArmName, GeneratedToken } from "@/lib/contract/generate";
import { formatFixed } from "@/lib/numbers/format";
import { ArmFigures } from "./arm-figures";
import { type ArmLooks, markOf, titleOf } from "./arm-titles";
import styles from "./generation.module.css";
import { isSameColour, shadeOf, type TextColour, valueAt } from "./text-colour";

type ArmViewProps = {
  readonly arm: ArmName;
  readonly looks: ArmLooks;
  readonly says: string;
  readonly state: ArmState;
  readonly isRunning: boolean;
  readonly hasAdapter: boolean;
  readonly colour: TextColour | null;
  /** Which tokens the arm that it is compared with has too; null where nothing is compared. */
  readonly isShared: readonly boolean[] | null;
  /** How a token is drawn that the other does not have. */
  readonly change: "in" | "out";
};

/** One arm's text as it comes, coloured by KL to the base model or by a latent, and underlined where it differs, with its numbers. */
export function ArmView(props: ArmViewProps) {
  const { arm, looks, says, state, isRunning, hasAdapter, colour, isShared, change } = props;
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
          <Chunk key={from} from={from} to={to} tokens={tokens} colour={colour} isShared={isShared ?? none} change={change} />
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
  readonly colour: TextColour | null;
  readonly isShared: readonly boolean[];
  readonly change: "in" | "out";
};

const Chunk = memo(
  function Chunk({ from, to, tokens, colour, isShared, change }: ChunkProps) {
    return tokens.slice(from, to).map((token, offset) => {
      const index = from + offset;
      return (
        <Token
          key={index}
          token={token}
          text={index === 0 ? token.text.replace(/^ /, "") : token.text}
          colour={colour}
          change={(isShared[index] ?? true) ? null : change}
        />
      );
    });
  },
  (before, after) =>
    before.to === after.to &&
    isSameColour(before.colour, after.colour) &&
    before.change === after.change &&
    isSameWithin(before.tokens, after.tokens, after.from, after.to) &&
    isSameWithin(before.isShared, after.isShared, after.from, after.to),
);

type TokenProps = {
  readonly token: GeneratedToken;
  /** As it is drawn: a text does not begin with its first token's space. */
  readonly text: string;
  readonly colour: TextColour | null;
  readonly change: "in" | "out" | null;
};

function Token({ token, text, colour, change }: TokenProps) {
  const value = valueAt(token, colour);
  const shade = shadeOf(value, colour);
  return (
    <span
      className={classNames(
        styles["token"],
        shade !== null && styles["coloured"],
        change === "in" && styles["in"],
        change === "out" && styles["out"],
      )}
      style={shade ?? undefined}
      title={[
        `log p ${formatFixed(token.logProbability, 2)}`,
        ...(value === null
          ? []
          : [colour?.by === "kl" ? `KL to base ${formatFixed(value, 3)} nats` : `activation ${formatFixed(value, 2)}`]),
      ].join(", ")}
    >
      <ByteText text={text} />
    </span>
  );
}
