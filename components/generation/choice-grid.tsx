"use client";
import { memo } from "react";
import { choiceOf } from "@/components/generation/strips/positions";
import type { Generation } from "@/components/generation/takes/generation";
import { LineLabels } from "@/components/plots/line-labels";
import { chunksOf, isSameWithin } from "@/components/plots/position-chunks";
import { shownToken } from "@/components/plots/token-strips";
import { ByteText } from "@/components/ui/byte-text";
import { classNames } from "@/components/ui/class-names";
import type { ArmName, GeneratedToken } from "@/lib/contract/generate";
import { shownAlone } from "@/lib/contract/token-bytes";
import { formatFixed } from "@/lib/numbers/format";
import { type ArmLooks, markOf, titleOf } from "./arm-titles";
import styles from "./generation.module.css";
import { isSameColour, shadeOf, type TextColour, valueAt } from "./text-colour";

type ChoiceGridProps = {
  readonly generation: Generation;
  /** The arms that read, top to bottom. */
  readonly arms: readonly ArmName[];
  readonly looks: ArmLooks;
  readonly colour: TextColour | null;
};

const rowHeight = 22;

/**
 * One text, and under each of its tokens what every arm would have written there: the same position in the same column. Where an arm would have written
 * this very token there is a dot.
 */
export function ChoiceGrid({ generation, arms, looks, colour }: ChoiceGridProps) {
  const columns = arms.map((arm) => generation.arms[arm]?.tokens ?? []);
  // A column is drawn once every arm has come as far, so that no cell fills late.
  const length = Math.min(...columns.map((tokens) => tokens.length));
  const labels = (
    <span className={styles["rownames"]}>
      <span>text</span>
      {arms.map((arm) => (
        <span key={arm} className={classNames("m", markOf(arm, looks), styles["rowmark"])}>
          <span className="cut">{titleOf(arm, looks)}</span>
        </span>
      ))}
    </span>
  );
  return (
    <LineLabels labels={labels} lineHeight={rowHeight * (arms.length + 1)} lineGap={12}>
      {chunksOf(Number.isFinite(length) ? length : 0).map(({ from, to }) => (
        <Chunk key={from} from={from} to={to} columns={columns} colour={colour} />
      ))}
    </LineLabels>
  );
}

type ChunkProps = {
  readonly from: number;
  readonly to: number;
  readonly columns: readonly (readonly GeneratedToken[])[];
  readonly colour: TextColour | null;
};

const Chunk = memo(function Chunk({ from, to, columns, colour }: ChunkProps) {
  return (columns[0] ?? []).slice(from, to).map((read, offset) => {
    const index = from + offset;
    return (
      <span key={index} className={styles["column"]}>
        <b>
          <ByteText text={shownToken(shownAlone(read))} />
        </b>
        {columns.map((tokens, row) => {
          const token = tokens[index];
          // biome-ignore lint/suspicious/noArrayIndexKey: rows stand where they stand
          return token === undefined ? null : <Choice key={row} token={token} colour={colour} />;
        })}
      </span>
    );
  });
}, isSameChunk);

function isSameChunk(before: ChunkProps, after: ChunkProps): boolean {
  return (
    before.to === after.to &&
    isSameColour(before.colour, after.colour) &&
    before.columns.length === after.columns.length &&
    after.columns.every((tokens, row) => isSameWithin(before.columns[row] ?? [], tokens, after.from, after.to))
  );
}

function Choice({ token, colour }: { readonly token: GeneratedToken; readonly colour: TextColour | null }) {
  const value = valueAt(token, colour);
  const shade = shadeOf(value, colour);
  const choice = choiceOf(token);
  const isSame = choice?.id === token.id;
  return (
    <span
      className={classNames(shade !== null && styles["coloured"], isSame && styles["same"])}
      style={shade ?? undefined}
      title={[
        `log p of ${shownToken(shownAlone(token))}: ${formatFixed(token.logProbability, 2)}`,
        ...(token.top ?? []).map((top) => `${shownToken(top.text)} ${formatFixed(Math.exp(top.logProbability), 2)}`),
      ].join("\n")}
    >
      {choice === undefined ? "" : isSame ? "·" : <ByteText text={shownToken(choice.text)} />}
    </span>
  );
}
