"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { setTourStep } from "@/components/shell/tour-state";
import { Button, ButtonLink } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { Progress } from "@/components/ui/progress";
import { Status, type StatusTone } from "@/components/ui/status";
import { startDemonstrationMutation } from "@/lib/client/jobs";
import { formatBytes, formatCount, formatDuration } from "@/lib/numbers/format";
import type { Stage, StageState } from "./demonstration-stages";
import { shortError } from "./run-status";
import styles from "./runs.module.css";

const tones: Record<StageState, StatusTone> = { waiting: "waiting", live: "live", done: "done", cancelled: "off", failed: "bad" };

/** The demonstration on its way, and what to open when it is there. */
export function DemonstrationPanel({ stages }: { stages: readonly Stage[] }) {
  const isReady = stages.every((stage) => stage.state === "done");
  const failed = stages.find((stage) => stage.state === "failed") ?? stages.find((stage) => stage.state === "cancelled");
  const stanId = stages.find((stage) => stage.name === "Train STAN")?.runId;
  const hasLatents = stages.some((stage) => stage.name === "Statistics of STAN" && stage.state === "done");
  const again = useMutation(startDemonstrationMutation());
  const router = useRouter();
  const startTour = (runId: string) => {
    setTourStep(0);
    router.push(`/runs/${runId}`);
  };
  return (
    <Panel
      className={styles["demonstration"] ?? ""}
      title={isReady ? "The demonstration is ready" : "Demonstration"}
      aside={
        hasLatents && stanId ? (
          <>
            <ButtonLink look={isReady ? "primary" : "default"} href={`/runs/${stanId}/latents`}>
              Browse latents
            </ButtonLink>
            <ButtonLink href={`/runs/${stanId}/steer`}>Steer</ButtonLink>
            {isReady && <Button onClick={() => startTour(stanId)}>Take the tour</Button>}
          </>
        ) : failed && !failed.runId ? (
          <Button disabled={again.isPending} onClick={() => again.mutate("small")}>
            Start again
          </Button>
        ) : failed?.runId ? (
          <ButtonLink href={`/runs/${failed.runId}`}>Open the {failed.state} run</ButtonLink>
        ) : (
          <span className="small dim">You can close this page; jobs continue on the server.</span>
        )
      }
    >
      {isReady ? (
        <p className="small mid">
          Both adapters are trained and their statistics collected: read what the latents learned, or steer with one.
        </p>
      ) : (
        <Stages stages={stages} />
      )}
      {again.error ? <p className="status bad small">{messageOf(again.error)}</p> : null}
    </Panel>
  );
}

function Stages({ stages }: { stages: readonly Stage[] }) {
  return (
    <ol className={`columns even ${styles["stages"]}`}>
      {stages.map((stage) => (
        <li key={stage.key} className="stack">
          <Status tone={tones[stage.state]}>{stage.name}</Status>
          <Progress
            label={stage.name}
            done={stage.state === "done" ? 1 : stage.done}
            total={stage.state === "done" ? 1 : stage.total}
            isLive={stage.state === "live"}
          />
          <span className="tiny dim">{factsOf(stage)}</span>
        </li>
      ))}
    </ol>
  );
}

function factsOf(stage: Stage): string {
  if (stage.state === "failed") return stage.message === "" ? "failed" : shortError(stage.message);
  if (stage.state === "cancelled") return "cancelled";
  if (stage.state === "waiting") return "queued";
  if (stage.state === "done") return "done";
  const write = stage.unit === "bytes" ? formatBytes : formatCount;
  const amount =
    stage.total === null ? "" : `${write(stage.done)} of ${write(stage.total)}${stage.unit === "bytes" ? "" : ` ${stage.unit}`}`;
  return [
    stage.message,
    stage.unit === "steps" && stage.key === "set-up" ? "" : amount,
    stage.secondsLeft === null ? "" : `${formatDuration(stage.secondsLeft)} left`,
  ]
    .filter(Boolean)
    .join(" · ");
}
