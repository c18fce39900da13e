"use client";
import { useState } from "react";
import { domainWords } from "@/components/latents/domain-words";
import { RampKey } from "@/components/plots/ramp-key";
import { drawingOf } from "@/components/positions/drawings";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatPlural, formatSignificant } from "@/lib/numbers/format";
import { ExampleGroupList } from "./example-group-list";
import { bandRanks, type ExampleChoice, type ExampleGroup, exampleGroups, noChoice } from "./example-groups";
import styles from "./latent.module.css";

type ExamplePanelProps = {
  readonly detail: LatentDetail;
  readonly collectionId: string;
  readonly domains: readonly { readonly name: string }[];
  /** Whether it has an activation everywhere, of both signs. */
  readonly isDense: boolean;
  readonly choice: ExampleChoice;
  readonly onChoice: (next: ExampleChoice) => void;
};

/** Firings in their inputs, each around its peak, by how strong they are; and windows in which it never fires. */
export function ExamplePanel({ detail, collectionId, domains, isDense, choice, onChoice }: ExamplePanelProps) {
  const [isWhole, setIsWhole] = useState(false);
  const [hasQuiet, setHasQuiet] = useState(false);
  const choose = (band: ExampleChoice["band"]) => onChoice({ ...noChoice, domain: choice.domain, band });
  useShortcuts({
    e: () => setIsWhole(!isWhole),
    "0": () => choose(null),
    ...Object.fromEntries(detail.bands.map((_, place) => [String(place + 1), () => choose(place + 1)])),
  });
  const kind = positionKindOf(detail.positionKind);
  const groups = exampleGroups(detail, choice, isDense);
  const isEarlier = isDense && detail.row.weightNorm === null;
  const isBrushed = choice.from !== null || choice.to !== null;
  const words = domainWords(detail);
  const isSigned = (detail.row.minActivation ?? 0) < 0;
  const bands = [
    ...detail.bands.map((band, place) => ({ value: String(place + 1), label: bandRanks(band), title: `ranks ${bandRanks(band)} %` })),
    { value: "top", label: "Top", title: `the strongest${isDense ? " of both signs" : ""}, from distinct contexts` },
    { value: "all", label: "All", title: "same space for every group" },
  ];
  return (
    <Panel
      title="Examples"
      isPadded={false}
      aside={
        <>
          <span className={styles["bands"]}>
            <Segmented
              label="Band, ranks in %"
              value={isBrushed ? "brushed" : String(choice.band ?? "all")}
              options={bands}
              onValueChange={(value) => choose(value === "all" ? null : value === "top" ? "top" : Number(value))}
            />
          </span>
          {domains.length > 1 && (
            <Select
              label={words.one}
              value={choice.domain ?? ""}
              onValueChange={(domain) => onChoice({ ...choice, domain: domain === "" ? null : domain })}
              options={[{ value: "", label: words.all }, ...domains.map(({ name }) => ({ value: name, label: name }))]}
            />
          )}
          <RampKey ramp="act" max={formatSignificant(detail.colourMax)} isSigned={isSigned} />
        </>
      }
      foot={
        <>
          {detail.bands.length > 0
            ? `Each band is a uniform sample of ${isDense ? `${kind.plural} between two quantiles of |activation|` : "firings between two rank quantiles"}. `
            : "This collection has only the strongest firings, no samples by rank. "}
          One {kind.noun} per context{kind.hasVocabulary ? "; near-duplicates merged" : ""}. {drawingOf(kind).mark}: the firing {kind.noun}.
          Colour runs from 0 to the module’s 99.9th percentile, {formatSignificant(detail.colourMax)}, for all{" "}
          {isDense ? "components" : "latents"} of {detail.row.module}.{" "}
          {detail.quiet.length > 0 && (
            <button type="button" className="bare link" aria-expanded={hasQuiet} onClick={() => setHasQuiet(!hasQuiet)}>
              {hasQuiet ? "Hide non-firing windows" : `${formatPlural(detail.quiet.length, "non-firing window")} of matched length`}
            </button>
          )}
        </>
      }
    >
      {groups.map((group) => (
        <ExampleGroupList
          key={`${group.key} ${choice.domain ?? ""}`}
          group={group}
          detail={detail}
          collectionId={collectionId}
          domains={domains}
          isWhole={isWhole}
          empty={emptyWords(group, choice, isEarlier, () => onChoice(noChoice))}
        />
      ))}
      {hasQuiet && (
        <ExampleGroupList
          group={{ ...quietGroup, examples: detail.quiet }}
          detail={detail}
          collectionId={collectionId}
          domains={domains}
          isWhole={isWhole}
          empty={null}
        />
      )}
    </Panel>
  );
}

const quietGroup = {
  key: "quiet",
  shortcut: null,
  title: "Never fires here",
  facts: "windows of matched length, sampled uniformly from the corpus",
  isChosen: true,
};

/** What stands in a group without examples: for a brushed range what to do, for the rest a few words. */
function emptyWords(group: ExampleGroup, choice: ExampleChoice, isEarlier: boolean, onAll: () => void) {
  const where = choice.domain === null ? "" : ` of ${choice.domain}`;
  if (isEarlier && (group.key === "top" || group.key === "low"))
    return <p className="note">Not available: this collection was made by an earlier version. Collect again to see this tail.</p>;
  if (group.key !== "brushed") return <p className="note">No stored example{where}.</p>;
  return (
    <EmptyState title="No examples in this range" action={<Button onClick={onAll}>Show all examples</Button>}>
      No stored example{where} has an activation in the brushed range. All firings are counted above; a sample of them is stored.
    </EmptyState>
  );
}
