"use client";
import { useRef } from "react";
import { PlotDownload } from "@/components/plots/plot-download";
import { MethodMark } from "@/components/shell/method-mark";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { toCsv } from "@/components/ui/save-file";
import type { ComparedSide, DomainScores } from "@/lib/contract/comparison";
import styles from "./compare.module.css";
import { type DomainMatrix, domainGroups, domainMatrix } from "./domain-matrix";
import { Matrix } from "./matrix";
import { MatrixFigure } from "./matrix-figure";

type DomainsPanelProps = { readonly scores: DomainScores; readonly sides: readonly ComparedSide[]; readonly className: string };

/** The effect of the training domains on every domain: one row per side, one column per domain. */
export function DomainsPanel({ scores, sides, className }: DomainsPanelProps) {
  const svg = useRef<SVGSVGElement>(null);
  const matrix = domainMatrix(scores, sides);
  return (
    <Panel
      title="Across domains"
      fold="Score in each domain"
      className={className}
      aside={
        <>
          <span className="small dim">{matrix.about}</span>
          <PlotDownload name="comparison-domains" svgRef={svg} csv={() => domainsCsv(scores, matrix)} />
        </>
      }
    >
      <div className={styles["matrices"]}>
        {domainGroups(scores, sides).map((group) => (
          <div key={`${group.name} ${group.matrix.rows[0]?.name}`}>
            {scores.isAcross ? <MethodMark method={group.method}>{group.name}</MethodMark> : null}
            <Matrix {...group.matrix} />
          </div>
        ))}
      </div>
      <div hidden>
        <MatrixFigure svgRef={svg} {...matrix} />
      </div>
      <p className="note">
        {matrix.legend}{" "}
        {scores.isAcross ? null : (
          <>
            All sides were trained on the same domains, so this shows results by domain, not transfer between domains. To measure transfer,{" "}
            <Link className="link" href="/experiments/new">
              an experiment
            </Link>{" "}
            can train each method on single domains.
          </>
        )}
      </p>
    </Panel>
  );
}

function domainsCsv({ domains, sides }: DomainScores, { rows }: DomainMatrix): string {
  return toCsv(
    ["side", ...domains, ...domains.map((domain) => `change, ${domain}`)],
    rows.map(({ name }, place) => [name, ...(sides[place]?.values ?? []), ...(sides[place]?.changes ?? [])]),
  );
}
