"use client";
import { Download } from "lucide-react";
import { MethodMark } from "@/components/shell/method-mark";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { type QueryReading, QueryState } from "@/components/ui/query-state";
import { saveFile, toCsv } from "@/components/ui/save-file";
import { Skeleton } from "@/components/ui/skeleton";
import type { ComparedLatents, ComparedSide, SideLatents } from "@/lib/contract/comparison";
import { isDenseMethod, isLatentMethod, nounsOf } from "@/lib/contract/methods/methods";
import type { PositionWords } from "@/lib/contract/positions/position-kind";
import { commonWords } from "@/lib/contract/positions/positions";
import type { RunMethod } from "@/lib/contract/run-config";
import { capitalised, formatFixed, formatInteger, formatPercent, formatSignificant, notMeasured } from "@/lib/numbers/format";
import styles from "./compare.module.css";

type LatentsPanelProps = { readonly query: QueryReading<ComparedLatents>; readonly first: ComparedSide; readonly second: ComparedSide };

type Line = {
  readonly name: string;
  readonly note: (positions: PositionWords) => string;
  readonly of: (latents: SideLatents) => string;
  /** Whether it is about when a latent fires: of a dense method, which is active at every position, it says nothing. */
  readonly isOfFirings?: true;
};

const lines: readonly Line[] = [
  {
    name: "Alive",
    note: () => "fired at least once",
    isOfFirings: true,
    of: ({ fired, numLatents }) => `${formatInteger(fired)} of ${formatInteger(numLatents)}`,
  },
  {
    name: "Density",
    note: ({ plural }) => `share of ${plural}`,
    isOfFirings: true,
    of: ({ density }) => spreadText(density, (value) => formatPercent(value)),
  },
  {
    name: "Selectivity",
    note: () => "share in one domain",
    isOfFirings: true,
    of: ({ selectivity }) => spreadText(selectivity, (value) => formatPercent(value)),
  },
  { name: "Effect", note: () => "|attribution|, nats per firing", of: ({ effect }) => spreadText(effect, formatSignificant) },
  {
    name: "Output share",
    note: () => "of the module's update",
    of: ({ outputShare }) => spreadText(outputShare, (value) => formatPercent(value)),
  },
  { name: "Stable over seeds", note: () => "matched one to one, cosine above 0.7", of: stabilityText },
  { name: "Collection size", note: ({ plural }) => `counted ${plural}`, of: ({ tokens }) => formatInteger(tokens) },
];

/** The latents or rank components of two sides; nothing if neither side collected any. */
export function LatentsPanel({ query, first, second }: LatentsPanelProps) {
  const { data } = query;
  const title = titleOf([first.method, second.method]);
  if (data === undefined)
    return (
      <Panel title={title} className="c12">
        <QueryState query={query} failure="Could not compare the latents" waiting={<Skeleton height={230} />}>
          {() => null}
        </QueryState>
      </Panel>
    );
  if (data.first === null && data.second === null) return null;
  const columns = [
    { side: first, latents: data.first },
    { side: second, latents: data.second },
  ];
  return (
    <Panel
      title={title}
      fold="Alive, density, selectivity"
      className="c12"
      aside={
        <>
          <span className="small dim">median (10th–90th percentile) over latents that fired</span>
          <Button look="quiet" onClick={() => saveFile("comparison-latents.csv", latentsCsv(columns), "text/csv")}>
            <Download size={13} aria-hidden="true" />
            CSV
          </Button>
        </>
      }
    >
      <div className="scrollx">
        <table className={styles["diff"]}>
          <thead>
            <tr>
              <th scope="col">
                <span className="vh">Statistic</span>
              </th>
              {columns.map(({ side, latents }, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a side may be compared with itself
                <th scope="col" key={place}>
                  {latents === null ? (
                    <MethodMark method={side.method}>{side.name}</MethodMark>
                  ) : (
                    <Link href={`/runs/${encodeURIComponent(latents.runId)}/latents`} title="Open its latents">
                      <MethodMark method={side.method}>{side.name}</MethodMark>
                    </Link>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.name}>
                <th scope="row">
                  {line.name} <span className="tiny dim">{line.note(positionsOf(columns))}</span>
                </th>
                {columns.map((column, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a side may be compared with itself
                  <td key={place}>{textOf(line, column) ?? notMeasured}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {columns.some(({ side, latents }) => latents !== null && isDenseMethod(side.method)) && (
        <p className="note">Dense: every component is active at every {positionsOf(columns).noun}, so firings say nothing of it.</p>
      )}
      {data.remarks.map((remark) => (
        <p key={remark} className="note">
          {remark}
        </p>
      ))}
    </Panel>
  );
}

function titleOf(methods: readonly RunMethod[]): string {
  const nouns = [...new Set(methods.filter(isLatentMethod).map((method) => `${nounsOf(method).longNoun}s`))].sort();
  return capitalised(nouns.join(" vs. "));
}

type Columns = readonly { readonly side: ComparedSide; readonly latents: SideLatents | null }[];

/** Null where nothing was collected. */
function textOf({ of, isOfFirings }: Line, { side, latents }: Columns[number]): string | null {
  if (latents === null) return null;
  return isOfFirings && isDenseMethod(side.method) ? "dense" : of(latents);
}

function positionsOf(columns: Columns): PositionWords {
  return commonWords(columns.flatMap(({ latents }) => latents?.positionKind ?? []));
}

function latentsCsv(columns: Columns): string {
  return toCsv(
    ["number", ...columns.map(({ side }) => side.name)],
    lines.map((line) => [`${line.name}, ${line.note(positionsOf(columns))}`, ...columns.map((column) => textOf(line, column))]),
  );
}

function spreadText(spread: SideLatents["density"], format: (value: number) => string): string {
  return spread === null ? notMeasured : `${format(spread.median)} (${format(spread.low)}–${format(spread.high)})`;
}

function stabilityText({ stability }: SideLatents): string {
  if (stability === null) return notMeasured;
  const { shareMatched, medianCosine, modules, modulesTotal } = stability;
  const part = modules < modulesTotal ? `, ${modules} of ${modulesTotal} modules` : "";
  return `${formatPercent(shareMatched)}, median cosine ${formatFixed(medianCosine, 2)}${part}`;
}
