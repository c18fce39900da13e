"use client";
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { MethodMark } from "@/components/shell/method-mark";
import { ReportMenu } from "@/components/shell/report-menu";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { QueryState } from "@/components/ui/query-state";
import { saveFile } from "@/components/ui/save-file";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { budgetsQuery, comparedLatentsQuery, reportHref, scorecardQuery } from "@/lib/client/comparison";
import type { Comparison as ComparisonAnswer } from "@/lib/contract/comparison";
import { formatPlural } from "@/lib/numbers/format";
import { ChecklistPanel } from "./checklist-panel";
import styles from "./compare.module.css";
import type { CompareAddress } from "./compare-address";
import { ComparedItemsPanel } from "./compared-items-panel";
import { haveLatents, pairOf } from "./compared-pair";
import { CostPanel } from "./cost-panel";
import { CurvesPanel } from "./curves-panel";
import { DomainsPanel } from "./domains-panel";
import { ForgettingPanel, forgettingScores } from "./forgetting-panel";
import { LatentsPanel } from "./latents-panel";
import { MatchBar, MatchStatement } from "./match-bar";
import { budgetSummary } from "./match-words";
import { RatesPanel } from "./rates-panel";
import { ScorecardPanel } from "./scorecard-panel";
import { SettingsPanel } from "./settings-panel";
import { ShapePanel } from "./shape-panel";
import { rateSeries } from "./side-scores";
import { VerdictPanel } from "./verdict-panel";

type ComparisonProps = {
  readonly comparison: ComparisonAnswer;
  readonly address: CompareAddress;
  readonly onChange: (changes: Partial<CompareAddress>) => void;
  readonly action: ReactNode;
};

/** All panels of a comparison; a panel without numbers says how to get them, or is left out if nothing can. */
export function Comparison({ comparison, address, onChange, action }: ComparisonProps) {
  const { sides, settings, sameSettings, remarks } = comparison;
  const pair = pairOf(address, sides);
  const places = [pair.first, pair.second] as const;
  const { marginPoints, marginNats } = address;
  const scorecard = useQuery(scorecardQuery({ ...pair, marginPoints, marginNats }));
  const budgetsRead = useQuery(budgetsQuery(pair));
  const { data: budgets } = budgetsRead;
  const [first, second] = [sides[places[0]], sides[places[1]]];
  const hasLatents = haveLatents([first, second]);
  const latentsRead = useQuery({ ...comparedLatentsQuery(pair), enabled: hasLatents });
  const { data: latents } = latentsRead;
  if (first === undefined || second === undefined) return null;
  const { data } = scorecard;
  const score = data?.scores.find(({ key }) => key === address.score) ?? data?.scores[0];
  const fits = address.match === "" ? undefined : budgets?.budgets.find(({ mode }) => mode === address.match)?.fits;
  const fitting = fits === undefined ? null : new Set([places[0], ...fits]);
  const hasRates = score !== undefined && rateSeries(sides, score).length > 0;
  const benchmarks = [
    ...new Map(data?.lines.flatMap(({ benchmarkId: id, source: name }) => (id === null ? [] : [[id, { id, name }]]))).values(),
  ];
  // One matrix of domains leaves room beside it for forgetting, where that was measured.
  const isBesideDomains = data !== undefined && data.domains.length === 1 && forgettingScores(data).length > 0;
  const benchmark = benchmarks.find(({ id }) => id === address.benchmark) ?? benchmarks[0];
  return (
    <>
      <div className="pagehead">
        <h1>Compare</h1>
        {sides.length > 2 ? (
          <SideChoice sides={sides} places={places} onChange={onChange} />
        ) : (
          <>
            <MethodMark method={first.method}>{first.name}</MethodMark>
            <MethodMark method={second.method}>{second.name}</MethodMark>
          </>
        )}
        <span className="sub small">
          {formatPlural(sides.length, "side")}, {formatPlural(new Set(address.runs).size, "run")}
        </span>
        <span className="grow" />
        {action}
        <ReportMenu subject="comparison" href={(format) => reportHref({ ...pair, marginPoints, marginNats, format })} />
        <Button
          look="quiet"
          onClick={() => saveFile("comparison.json", JSON.stringify({ comparison, scorecard: data ?? null }, null, 2), "application/json")}
        >
          <Download size={13} aria-hidden="true" />
          JSON
        </Button>
      </div>
      <VerdictPanel
        scorecard={scorecard}
        first={first}
        second={second}
        remarks={remarks}
        summary={budgets === undefined ? null : budgetSummary(budgets.budgets, places, budgets.tolerance)}
        match={<MatchBar budgets={budgets} places={places} mode={address.match} onMode={(match) => onChange({ match })} />}
        matched={
          <QueryState query={budgetsRead} failure="Could not load the budgets" waiting={<div className={styles["statement"]} />}>
            {(read) => (
              <MatchStatement
                budgets={read}
                sides={sides}
                places={places}
                mode={address.match}
                onSecond={(place) => onChange({ second: place })}
              />
            )}
          </QueryState>
        }
      />
      <div className={`grid ${styles["grid"]}`}>
        <div className={`c8 ${styles["column"]}`}>
          {scorecard.error !== null && data === undefined ? null : (
            <ScorecardPanel scorecard={data} first={first} second={second} margins={address} onMargins={onChange} />
          )}
          <CurvesPanel sides={sides} pair={places} axis={address.axis} onAxis={(axis) => onChange({ axis })} />
        </div>
        <SettingsPanel sides={sides} settings={settings} sameSettings={sameSettings} shown={places} />
        {scorecard.isPending ? (
          <Panel title="Not measured yet" className="c12">
            <Skeleton height={160} />
          </Panel>
        ) : null}
        {data === undefined ? null : (
          <ChecklistPanel
            scorecard={data}
            first={first}
            second={second}
            lacksLatents={hasLatents && latents !== undefined && latents.first === null && latents.second === null}
          />
        )}
        {score === undefined ? null : (
          <>
            {hasRates ? <RatesPanel sides={sides} score={score} className="c6" /> : null}
            <CostPanel
              sides={sides}
              score={score}
              scores={data?.scores ?? []}
              cost={address.cost}
              fitting={fitting}
              onChange={onChange}
              className="c6"
            />
            <ShapePanel sides={sides} score={score} />
          </>
        )}
        {data === undefined ? null : (
          <>
            {data.domains.map((scores) => (
              <DomainsPanel key={scores.benchmarkId} scores={scores} sides={sides} className={isBesideDomains ? "c8" : "c12"} />
            ))}
            <ForgettingPanel scorecard={data} sides={sides} className={isBesideDomains ? "c4" : "c6"} />
          </>
        )}
        {hasLatents ? <LatentsPanel query={latentsRead} first={first} second={second} /> : null}
        {benchmark === undefined ? null : (
          <ComparedItemsPanel
            pair={pair}
            first={first}
            second={second}
            benchmarks={benchmarks}
            benchmarkId={benchmark.id}
            onBenchmark={(id) => onChange({ benchmark: id })}
          />
        )}
      </div>
    </>
  );
}

type SideChoiceProps = Pick<ComparisonAnswer, "sides"> & { readonly places: readonly [number, number] } & Pick<ComparisonProps, "onChange">;

/** Which two of several sides are compared. */
function SideChoice({ sides, places, onChange }: SideChoiceProps) {
  const options = sides.map(({ name }, place) => ({ value: String(place), label: name }));
  return (
    <>
      <Select
        label="First side"
        value={String(places[0])}
        options={options}
        onValueChange={(place) => onChange({ first: Number(place) })}
      />
      <span className="dim">vs.</span>
      <Select
        label="Second side"
        value={String(places[1])}
        options={options}
        onValueChange={(place) => onChange({ second: Number(place) })}
      />
    </>
  );
}
