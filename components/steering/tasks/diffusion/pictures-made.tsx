"use client";
import type { PartProps } from "@/components/steering/steer-task";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { Progress } from "@/components/ui/progress";
import { imageArm } from "@/lib/contract/make-images";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";
import { armLooks } from "./arm-looks";
import styles from "./diffusion.module.css";
import { MadePicture } from "./made-picture";
import type { DiffusionSteering } from "./use-diffusion-steering";
import type { Making } from "./use-images";

/** Base model, adapter and edits side by side: a row each, a column for each noise. */
export function PicturesMade({ steering, method }: PartProps<DiffusionSteering>) {
  const { making, isStale } = steering;
  const { arms, start, error, status } = making;
  const shown = imageArm.options.flatMap((arm) => {
    const images = arms[arm];
    return images === undefined ? [] : [{ arm, images, ...armLooks(arm, method) }];
  });
  return (
    <Panel
      title={start === null ? "Pictures" : `Pictures of ${start.class}`}
      aside={<span className="small dim">{asideWords(making, isStale)}</span>}
      foot="Each column begins with the same noise. Changes are means of 8-bit values against the row above."
    >
      <div className="stack">
        {status === "running" && (
          <div role="status" className="stack gap-4">
            <Progress label="Pictures" done={making.done} total={start?.steps ?? null} />
            <span className="small mid">
              {making.loading ??
                (start === null ? "Waiting for the worker" : `Step ${formatInteger(making.done)} of ${formatInteger(start.steps)}`)}
            </span>
          </div>
        )}
        {error !== null && <ErrorNote title="Could not make the pictures">{error}</ErrorNote>}
        {shown.length === 0 && status === "idle" && <p className="note">Choose a class and make pictures.</p>}
        <div className={styles["arms"]}>
          {shown.map(({ arm, images, title, mark }) => (
            <section key={arm} aria-label={title}>
              <h3 className={`m ${mark} ${styles["arm"]}`}>{title}</h3>
              <div className={styles["row"]}>
                {images.map((made, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: pictures stand in the order of their noise
                  <MadePicture key={at} made={made} name={`${title}, picture ${formatInteger(at + 1)} of ${start?.class ?? ""}`} />
                ))}
              </div>
            </section>
          ))}
        </div>
      </div>
    </Panel>
  );
}

function asideWords({ status, seconds }: Making, isStale: boolean): string {
  if (status === "stopped") return "stopped";
  if (isStale && status !== "running") return "settings have changed since";
  return seconds === null ? "" : `${formatSignificant(seconds, 2)} s`;
}
