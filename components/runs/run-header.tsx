"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Play, Square } from "lucide-react";
import { usePathname } from "next/navigation";
import { type MouseEvent, useEffect, useLayoutEffect, useRef } from "react";
import { MethodMark } from "@/components/shell/method-mark";
import { pagesOfRun } from "@/components/shell/run-pages";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { Link } from "@/components/ui/link";
import { Skeleton } from "@/components/ui/skeleton";
import { catchUpRun } from "@/lib/client/events";
import { collectionsQuery } from "@/lib/client/latents";
import { runActionMutation, runRecordQuery } from "@/lib/client/runs";
import { isLatentMethod, methodOf } from "@/lib/contract/methods/methods";
import type { RunRecord, RunSummary } from "@/lib/contract/run";
import type { AdapterConfig } from "@/lib/contract/run-config";
import { formatCount } from "@/lib/numbers/format";
import { OriginMark } from "./origin-mark";
import styles from "./run.module.css";
import { RunProgress } from "./run-progress";
import { isActive } from "./run-status";

const headerReach = 240;

/** Name, tabs and what can be done, above every page of a run; it also keeps the run's data live. */
export function RunHeader({ runId }: { runId: string }) {
  const client = useQueryClient();
  const { data: record, error } = useQuery(runRecordQuery(runId));
  useEffect(() => catchUpRun(client, runId), [client, runId]);
  useLayoutEffect(() => {
    // The router leaves a page scrolled when its main part is in sight; this header would stay above the edge.
    if (window.scrollY < headerReach) window.scrollTo(0, 0);
  }, []);
  return (
    <section className="runhead" aria-label="This run">
      <div className="line">
        <span className="crumb">
          <Link href="/">Runs</Link>
          <i>/</i>
        </span>
        {record ? <RunTitle record={record} /> : error ? <h1 className={styles["name"]}>{runId}</h1> : <Skeleton width={220} height={20} />}
        <span className="grow only-wide" />
        {record ? <RunActions run={record.run} /> : null}
      </div>
      <Tabs runId={runId} record={record} />
      {record ? <RunProgress run={record.run} newestStep={record.newestStep} /> : null}
    </section>
  );
}

function RunTitle({ record }: { record: RunRecord }) {
  const { run, config } = record;
  return (
    <>
      <h1 className={styles["name"]}>
        {run.name} {run.seed === null ? null : <span className="dim regular">seed {run.seed}</span>}
      </h1>
      <MethodMark method={run.method} />
      <OriginMark run={run} />
      <span className="small dim only-wide">{[run.modelName, run.dataName, ...targetWords(config.adapter)].join(" · ")}</span>
    </>
  );
}

function targetWords(adapter: AdapterConfig): string[] {
  const targets = methodOf(adapter).targetsOf(adapter);
  if (targets === "none") return [];
  if (targets === "all") return ["all projections"];
  const { modules, layers } = targets;
  return [`${modules.join(", ")}${layers ? `, layers ${layers.join(", ")}` : ""}`];
}

function RunActions({ run }: { run: RunSummary }) {
  const action = useMutation(runActionMutation(run.id));
  const mayResume = run.isResumable && !isActive(run) && run.status !== "queued" && run.step < run.steps;
  return (
    <span className="row wrap">
      {action.error ? <span className="status bad small">{messageOf(action.error)}</span> : null}
      {run.status === "running" ? (
        <Button disabled={action.isPending} onClick={() => action.mutate("stop")}>
          <Square size={10} fill="currentColor" aria-hidden="true" />
          Stop and keep
        </Button>
      ) : null}
      {run.status === "running" || run.status === "queued" ? (
        <InlineConfirm
          label="Cancel"
          question={run.status === "queued" ? "Remove it from the queue?" : "Discard this training?"}
          confirmLabel="Cancel run"
          isBusy={action.isPending}
          onConfirm={() => action.mutate("cancel")}
        />
      ) : null}
      {mayResume ? (
        <Button disabled={action.isPending} onClick={() => action.mutate("resume")}>
          <Play size={11} fill="currentColor" aria-hidden="true" />
          Resume
        </Button>
      ) : null}
    </span>
  );
}

function Tabs({ runId, record }: { runId: string; record: RunRecord | undefined }) {
  const pathname = usePathname();
  const hasLatents = record === undefined || isLatentMethod(record.run.method);
  const collections = useQuery({ ...collectionsQuery(runId), enabled: hasLatents }).data;
  const latents = collections?.find((collection) => collection.status === "finished")?.numLatents;
  const [overview, ...others] = pagesOfRun(runId, record);
  const tabs = [
    ...(overview === undefined ? [] : [{ ...overview, isHere: pathname === overview.path, count: undefined }]),
    ...others.map((page) => ({
      ...page,
      isHere: pathname.startsWith(page.path),
      count: page.name === "Latents" ? latents : undefined,
    })),
  ];
  const nav = useRef<HTMLElement>(null);
  const open = tabs.findIndex(({ isHere }) => isHere);
  // On a phone the tabs are wider than the window: the open one is brought to the middle.
  useEffect(() => {
    const tab = nav.current?.children[open];
    if (nav.current && tab instanceof HTMLElement)
      nav.current.scrollLeft = tab.offsetLeft + tab.offsetWidth / 2 - nav.current.clientWidth / 2;
  }, [open]);
  return (
    <nav className="tabs" aria-label="Run" ref={nav}>
      {tabs.map((tab) => (
        <Link key={tab.path} href={tab.path} aria-current={tab.isHere ? "page" : undefined} onClick={stayIfOpen(pathname === tab.path)}>
          {tab.name}
          {tab.count === undefined ? null : <small>{formatCount(tab.count)}</small>}
        </Link>
      ))}
    </nav>
  );
}

/** A tab that is open keeps what its address says, such as a list of edits; a click that opens another window does so. */
function stayIfOpen(isOpen: boolean) {
  return (event: MouseEvent) => {
    if (isOpen && !event.metaKey && !event.ctrlKey && !event.shiftKey) event.preventDefault();
  };
}
