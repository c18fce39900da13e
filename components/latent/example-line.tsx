"use client";
import { useState } from "react";
import { rampColour } from "@/components/plots/ramp";
import { DomainMark } from "@/components/shell/domain-mark";
import { classNames } from "@/components/ui/class-names";
import type { LatentExample } from "@/lib/contract/latent";
import { formatInteger, formatPlural, formatSignificant } from "@/lib/numbers/format";
import styles from "./latent.module.css";

type ExampleLineProps = {
  readonly example: LatentExample;
  readonly colourMax: number;
  /** Wrapped over several lines, so that all of the window is read. */
  readonly isWhole: boolean;
  readonly domainOrder: number;
};

/** One firing in its text. The token under the pointer says its activation at the right, in place of the peak's. */
export function ExampleLine({ example, colourMax, isWhole, domainOrder }: ExampleLineProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const { tokens, peak } = example;
  const activation = pointed === null ? example.activation : (tokens[pointed]?.activation ?? 0);
  const draw = (from: number, to: number) =>
    tokens.slice(from, to).map((token, offset) => (
      <Token
        // biome-ignore lint/suspicious/noArrayIndexKey: tokens stand where they stand
        key={from + offset}
        token={token}
        isPeak={from + offset === peak}
        colourMax={colourMax}
        onPoint={(isPointed) => setPointed(isPointed ? from + offset : null)}
      />
    ));
  return (
    <div
      className={classNames(styles["example"], isWhole && styles["whole"])}
      title={`Row ${formatInteger(example.row)}, token ${formatInteger(example.position)}`}
    >
      {isWhole ? (
        <p className={styles["window"]}>{draw(0, tokens.length)}</p>
      ) : (
        <>
          <div className={styles["before"]}>
            <span>{draw(0, peak)}</span>
          </div>
          <div>{draw(peak, peak + 1)}</div>
          <div className={styles["after"]}>{draw(peak + 1, tokens.length)}</div>
        </>
      )}
      <span className={classNames(styles["activation"], pointed !== null && pointed !== peak && styles["pointed"])}>
        {activation === 0 ? "0" : formatSignificant(activation)}
      </span>
      <span className={styles["facts"]}>
        {example.domain !== null && <DomainMark name={example.domain} order={domainOrder} />}
        {example.duplicates > 0 && (
          <span className="tiny dim" title={`${formatPlural(example.duplicates, "context")} with the same tokens around the peak`}>
            +{example.duplicates}
          </span>
        )}
      </span>
    </div>
  );
}

type TokenProps = {
  readonly token: LatentExample["tokens"][number];
  readonly isPeak: boolean;
  readonly colourMax: number;
  readonly onPoint: (isPointed: boolean) => void;
};

function Token({ token, isPeak, colourMax, onPoint }: TokenProps) {
  return (
    <span
      className={classNames(styles["token"], isPeak && styles["peak"], token.activation !== 0 && styles["fired"])}
      style={token.activation === 0 ? undefined : { background: rampColour(token.activation, colourMax, "act") }}
      onPointerEnter={() => onPoint(true)}
      onPointerLeave={() => onPoint(false)}
    >
      {isPeak && token.text.trim() === "" ? shownBlank(token.text) : token.text.replaceAll("\n", "⏎")}
    </span>
  );
}

/** A firing token that cannot be seen otherwise. */
function shownBlank(text: string): string {
  return text === "" ? "∅" : text.replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll(" ", "␣");
}
