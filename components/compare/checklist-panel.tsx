"use client";
import type { ReactNode } from "react";
import { newRunHref } from "@/components/shell/new-run-address";
import { ButtonLink } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import type { ComparedSide, ComparisonScorecard } from "@/lib/contract/comparison";
import { tasks } from "@/lib/contract/tasks/tasks";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./compare.module.css";
import { MeasureMissing } from "./measure-missing";
import { MeasureSuggested } from "./measure-suggested";
import { isBegun } from "./more-rows";

type ChecklistProps = {
  readonly scorecard: ComparisonScorecard;
  readonly first: ComparedSide;
  readonly second: ComparedSide;
  /** Whether a method here has latents, and neither side has statistics of them. */
  readonly lacksLatents: boolean;
};

type Item = { readonly title: string; readonly about: string; readonly remedy: ReactNode };

/** What this comparison lacks, each with the button or link that adds it; nothing where it lacks nothing. */
export function ChecklistPanel(props: ChecklistProps) {
  const items = [benchmarksItem(props), forgettingItem(props), seedsItem(props), domainsItem(props), latentsItem(props)];
  const shown = items.flatMap((item) => item ?? []);
  if (shown.length === 0) return null;
  return (
    <Panel
      title="Not measured yet"
      className="c12"
      fold={shown.map(({ title }) => title).join(", ")}
      aside={<span className="small dim">{formatInteger(shown.length)} open</span>}
    >
      <ul className={styles["checklist"]}>
        {shown.map(({ title, about, remedy }) => (
          <li key={title}>
            <span>
              <b className="strong">{title}</b> <span className="small mid">{about}</span>
            </span>
            {remedy === null ? null : <div className="row wrap">{remedy}</div>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function benchmarksItem({ scorecard, first }: ChecklistProps): Item | null {
  const { lines, missing, measurable } = scorecard;
  const own = missing.filter((one) => !one.isGeneral && !isBegun(one));
  const hasAny = lines.some(({ benchmarkId, isForgetting }) => benchmarkId !== null && !isForgetting);
  if (own.length === 0 && hasAny) return null;
  const about = hasAny
    ? `Not yet measured on both sides: ${own.map(({ name }) => name).join(", ")}.`
    : `A benchmark scores both sides on the same rows, for a paired comparison${measurable.length === 0 ? ". These runs can be measured once they end." : "."}`;
  return {
    title: "Benchmarks",
    about,
    remedy: (
      <>
        {own.length > 0 ? <MeasureMissing missing={own} /> : null}
        {hasAny ? null : (
          <ButtonLink size="dense" href={`/runs/${runOf(first)}/benchmarks`}>
            Add a benchmark
          </ButtonLink>
        )}
      </>
    ),
  };
}

function forgettingItem({ scorecard, first, second }: ChecklistProps): Item | null {
  const isText = [first, second].every(({ task }) => tasks[task].continuesText);
  const missing = scorecard.missing.filter(({ isGeneral }) => isGeneral);
  const isMeasured = scorecard.lines.some(({ isForgetting }) => isForgetting);
  if (!isText || (isMeasured && missing.length === 0)) return null;
  const suggested = scorecard.suggested.filter(({ purpose }) => purpose === "forgetting");
  const title = "Forgetting";
  const what = "How much each adapter raises the base model’s loss on general text that neither side was trained on.";
  if (missing.length > 0)
    return {
      title,
      about: `${what} Not yet measured on both sides: ${missing.map(({ name }) => name).join(", ")}.`,
      remedy: <MeasureMissing missing={missing} />,
    };
  if (suggested.length > 0)
    return {
      title,
      about: what,
      remedy: (
        <MeasureSuggested suggested={suggested} runs={scorecard.measurable}>
          Measure forgetting
        </MeasureSuggested>
      ),
    };
  return {
    title,
    about: `${what} Every dataset here was used for training.`,
    remedy: (
      <>
        <ButtonLink size="dense" href="/data">
          Add general text
        </ButtonLink>
        <ButtonLink size="dense" href={`/runs/${runOf(first)}/benchmarks`}>
          Mark a benchmark as general
        </ButtonLink>
      </>
    ),
  };
}

function seedsItem({ scorecard: { pairs }, first, second }: ChecklistProps): Item | null {
  const [pair] = pairs;
  if (pairs.length !== 1 || pair === undefined || pair.first === pair.second) return null;
  return {
    title: "Seeds",
    about: "One run per side, so the interval does not cover other seeds. Copy a run and change its seed.",
    remedy: [first, second].map((side, place) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a side may be compared with itself
      <ButtonLink key={place} size="dense" href={newRunHref({ from: side.runs[0]?.id ?? "" })}>
        Copy {side.name}
      </ButtonLink>
    )),
  };
}

function domainsItem({ scorecard: { domains }, first }: ChecklistProps): Item | null {
  if (domains.length > 0) return null;
  return {
    title: "Domains",
    about: "Scores by domain need a benchmark with a domain column; transfer between domains needs runs trained on single domains.",
    remedy: (
      <>
        <Link className="link small" href={`/runs/${runOf(first)}/benchmarks`}>
          Add one with domains
        </Link>
        <Link className="link small" href="/experiments/new">
          Train by domain in an experiment
        </Link>
      </>
    ),
  };
}

function latentsItem({ lacksLatents, first }: ChecklistProps): Item | null {
  if (!lacksLatents) return null;
  return {
    title: "Latents",
    about: "Neither side has latent statistics yet.",
    remedy: (
      <ButtonLink size="dense" href={`/runs/${runOf(first)}/latents`}>
        Collect them
      </ButtonLink>
    ),
  };
}

function runOf({ runs }: ComparedSide): string {
  return encodeURIComponent(runs[0]?.id ?? "");
}
