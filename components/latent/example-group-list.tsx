"use client";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import type { LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatPlural } from "@/lib/numbers/format";
import type { ExampleGroup } from "./example-groups";
import { ExampleLine } from "./example-line";
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
  const shown = isAll ? examples : examples.slice(0, group.isChosen ? room.chosen : room.other);
  return (
    <section className={styles["group"]}>
      <h3>
        {group.shortcut !== null && <kbd>{group.shortcut}</kbd>}
        {group.title}
        {group.facts !== "" && <span className="dim regular">{group.facts}</span>}
      </h3>
      {shown.map((example) => {
        const key = `${example.row} ${example.position}`;
        const isThisWhole = turned.has(key) !== isWhole;
        return (
          <ExampleLine
            key={key}
            example={example}
            kind={kind}
            colourMax={detail.colourMax}
            isWhole={isThisWhole}
            onIsWholeChange={(next) => setTurned((before) => withKey(before, key, next !== isWhole))}
            domainOrder={domains.findIndex(({ name }) => name === example.domain)}
          >
            <WholeDocument
              kind={kind}
              collectionId={collectionId}
              latent={detail.row}
              context={example.context}
              colourMax={detail.colourMax}
            />
          </ExampleLine>
        );
      })}
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
