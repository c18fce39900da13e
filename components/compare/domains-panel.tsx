"use client";
import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { saveFile, toCsv } from "@/components/ui/save-file";
import type { ComparedSide, DomainScores } from "@/lib/contract/comparison";
import { formatSigned } from "@/lib/numbers/format";
import { Matrix } from "./matrix";

/** What training on some domains does to the loss on each: a row a side, a column a domain. */
export function DomainsPanel({ scores, sides }: { readonly scores: DomainScores; readonly sides: readonly ComparedSide[] }) {
  const rows = scores.sides.flatMap(({ side: place, changes }) => {
    const side = sides[place];
    return side === undefined ? [] : [{ name: `${side.name}: ${side.domains?.join(", ") ?? "all"}`, values: changes }];
  });
  const sizes = rows.flatMap(({ values }) => values.flatMap((value) => (value === null ? [] : Math.abs(value))));
  const most = Math.max(...sizes, 1e-9);
  const csv = () =>
    toCsv(
      ["trained on", ...scores.domains],
      rows.map(({ name, values }) => [name, ...values]),
    );
  return (
    <Panel
      title="Across domains"
      className="c12"
      aside={
        <>
          <span className="small dim">Δ loss against the base model, nats: trained on row, evaluated on column; {scores.name}</span>
          <Button look="quiet" onClick={() => saveFile("comparison-domains.csv", csv(), "text/csv")}>
            <Download size={13} aria-hidden="true" />
            CSV
          </Button>
        </>
      }
    >
      <Matrix
        caption="Change of the loss against the base model by the domains trained on and evaluated on"
        corner="trained on"
        columns={scores.domains}
        rows={rows}
        format={(value) => formatSigned(value, 2)}
        shade={(value) => value / most}
      />
    </Panel>
  );
}
