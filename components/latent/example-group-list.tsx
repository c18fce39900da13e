"use client";
import { type ReactNode, useState } from "react";
import type { PositionImage } from "@/components/positions/drawing";
import { drawingOf } from "@/components/positions/drawings";
import { Button } from "@/components/ui/button";
import { contextImagePath } from "@/lib/client/latents";
import type { LatentDetail, LatentExample } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import type { ExampleGroup } from "./example-groups";
import { ExampleLine } from "./example-line";
import { ExampleTile } from "./example-tile";
import styles from "./latent.module.css";
import { WholeDocument } from "./whole-document";

/** Examples that a group shows before it is asked for all: what is chosen more than the others, which have equal room. */
const room = { chosen: 10, other: 4 } as const;

type ExampleGroupListProps = {
  readonly group: ExampleGroup;
  readonly detail: LatentDetail;
  readonly collectionId: string;
  readonly domains: readonly { readonly name: string }[];
  /** Whether all windows are whole; one alone can be turned the other way. */
  readonly isWhole: boolean;
  /** In place of examples where there is none. */
  readonly empty: ReactNode;
};

/** One group of examples under its head. What is chosen has more room, the others have equal room. */
export function ExampleGroupList({ group, detail, collectionId, domains, isWhole, empty }: ExampleGroupListProps) {
  const [isAll, setIsAll] = useState(false);
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const { examples } = group;
  const kind = positionKindOf(detail.positionKind);
  const { isLine } = drawingOf(kind);
  const wholeOf = ({ context }: LatentExample) => (
    <WholeDocument kind={kind} collectionId={collectionId} latent={detail.row} context={context} colourMax={detail.colourMax} />
  );
  const shown = isAll ? examples : examples.slice(0, group.isChosen ? room.chosen : room.other);
  return (
    <section className={styles["group"]}>
      <h3>
        {group.shortcut !== null && <kbd>{group.shortcut}</kbd>}
        {group.title}
        {group.facts !== "" && <span className="dim regular">{group.facts}</span>}
      </h3>
      <div className={isLine ? undefined : styles["tiles"]}>
        {shown.map((example) => {
          const key = `${example.context} ${example.position}`;
          const isThisWhole = turned.has(key) !== isWhole;
          const onChange = (next: boolean) => setTurned((before) => withKey(before, key, next !== isWhole));
          const domainOrder = domains.findIndex(({ name }) => name === example.domain);
          const common = { example, kind, colourMax: detail.colourMax, domainOrder };
          return isLine ? (
            <ExampleLine key={key} {...common} isWhole={isThisWhole} onIsWholeChange={onChange}>
              {wholeOf(example)}
            </ExampleLine>
          ) : (
            <ExampleTile key={key} {...common} image={imageOf(example, collectionId)} isLarge={isThisWhole} onIsLargeChange={onChange}>
              {example.hasImage === undefined && wholeOf(example)}
            </ExampleTile>
          );
        })}
      </div>
      {shown.length === 0 && <div className={styles["nothing"]}>{empty}</div>}
      {shown.length < examples.length && (
        <p className={styles["moreof"]}>
          <Button look="quiet" size="dense" onClick={() => setIsAll(true)}>
            {formatPlural(examples.length - shown.length, "more example")}
          </Button>
        </p>
      )}
    </section>
  );
}

function withKey(before: ReadonlySet<string>, key: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(before);
  if (isIn) next.add(key);
  else next.delete(key);
  return next;
}

/** The image that an example's patches are of, in words by what is known of its row. */
function imageOf({ hasImage, hasClean, context, row, answer, domain }: LatentExample, collectionId: string): PositionImage | null {
  if (hasImage === undefined) return null;
  const known = [answer, domain].filter((words) => words !== null && words !== undefined);
  const under = hasClean === undefined ? {} : { under: contextImagePath(collectionId, context, "clean") };
  return { src: contextImagePath(collectionId, context), alt: [`Image of row ${formatInteger(row)}`, ...known].join(", "), ...under };
}
