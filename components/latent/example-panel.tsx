"use client";
import { useState } from "react";
import { RampKey } from "@/components/plots/ramp-key";
import { Button } from "@/components/ui/button";
import { FilterChip } from "@/components/ui/chip";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { ToggleButton } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { LatentDetail } from "@/lib/contract/latent";
import { formatPlural, formatSignificant } from "@/lib/numbers/format";
import { type ExampleFilter, explainEmpty, filterExamples } from "./example-filter";
import { ExampleLine } from "./example-line";

type ExamplePanelProps = {
  readonly detail: LatentDetail;
  readonly domains: readonly { readonly name: string }[];
  readonly filter: ExampleFilter;
  readonly onFilter: (next: ExampleFilter) => void;
};

const all: ExampleFilter = { from: null, to: null, domain: null };

/** The strongest firings in their text, each centred on its token. */
export function ExamplePanel({ detail, domains, filter, onFilter }: ExamplePanelProps) {
  const [isWhole, setIsWhole] = useState(false);
  useShortcuts({ e: () => setIsWhole(!isWhole) });
  const shown = filterExamples(detail.examples, filter);
  const isBrushed = filter.from !== null || filter.to !== null;
  const isSigned = (detail.row.minActivation ?? 0) < 0;
  return (
    <Panel
      title={
        <>
          Examples{" "}
          <span className="dim" style={{ fontWeight: 400 }}>
            {shown.length === detail.examples.length ? `${shown.length} strongest` : `${shown.length} of ${detail.examples.length}`}
          </span>
        </>
      }
      isPadded={false}
      aside={
        <>
          {isBrushed && (
            <FilterChip
              label={`activation ${filter.from === null ? "up" : formatSignificant(filter.from)} ${filter.to === null ? "and more" : `to ${formatSignificant(filter.to)}`}`}
              onRemove={() => onFilter({ ...filter, from: null, to: null })}
            />
          )}
          {domains.length > 1 && (
            <Select
              label="Domain"
              value={filter.domain ?? ""}
              onValueChange={(domain) => onFilter({ ...filter, domain: domain === "" ? null : domain })}
              options={[{ value: "", label: "All domains" }, ...domains.map(({ name }) => ({ value: name, label: name }))]}
            />
          )}
          <ToggleButton isOn={isWhole} onIsOnChange={setIsWhole}>
            Whole windows
          </ToggleButton>
          <RampKey ramp="act" max={formatSignificant(detail.colourMax)} isSigned={isSigned} />
        </>
      }
      foot={
        <>
          One token from each context
          {shown.some((example) => example.duplicates > 0) ? "; contexts with the same tokens around it are folded" : ""}. Underlined: the
          firing token. Colour is absolute: 0 to the module’s 99.9th percentile, {formatSignificant(detail.colourMax)}, the same for every
          latent of {detail.row.module}.
        </>
      }
    >
      <div style={{ padding: "8px 0" }}>
        {shown.map((example) => (
          <ExampleLine
            key={example.rank}
            example={example}
            colourMax={detail.colourMax}
            isWhole={isWhole}
            domainOrder={domains.findIndex(({ name }) => name === example.domain)}
          />
        ))}
        {shown.length === 0 && (
          <EmptyState
            title="No example here"
            action={<Button onClick={() => onFilter(all)}>Show all {formatPlural(detail.examples.length, "example")}</Button>}
          >
            {explainEmpty(detail.examples, filter, (value) => formatSignificant(value))}
          </EmptyState>
        )}
      </div>
    </Panel>
  );
}
