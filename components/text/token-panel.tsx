"use client";
import { memo } from "react";
import { type LatentHome, latentHrefIn } from "@/components/latents/latent-home";
import { defaultLatentParams } from "@/components/latents/latent-params";
import { VisibleToken } from "@/components/latents/token-chip";
import { rampColour } from "@/components/plots/ramp";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { moduleKey } from "@/lib/contract/latent-key";
import { formatPlural, formatSignificant } from "@/lib/numbers/format";
import { keptAt } from "./kept-at";
import type { ModuleReading } from "./module-reading";
import styles from "./text.module.css";

type TokenPanelProps = {
  readonly runId: string;
  readonly collectionId: string | null;
  readonly readings: readonly ModuleReading[];
  readonly token: number;
  readonly text: string;
  /** What the token is called, where it is not by its number. */
  readonly name?: string;
  readonly noun: string;
  /** Top of a module's colour scale. */
  readonly scaleOf: (reading: ModuleReading) => number;
};

/** What every module keeps at one token, strongest first. */
export const TokenPanel = memo(function TokenPanel({ runId, collectionId, readings, token, text, name, noun, scaleOf }: TokenPanelProps) {
  const home: LatentHome = { kind: "run", runId };
  const modules = [...readings].sort((a, b) => a.layer - b.layer || (a.projection < b.projection ? -1 : 1));
  return (
    <Panel
      title={
        <>
          Active at {name ?? `token ${token + 1}`}{" "}
          {name === undefined && (
            <span className={styles["quoted"]}>
              <VisibleToken text={text} />
            </span>
          )}
        </>
      }
      aside={<span className="small dim">{formatPlural(modules.length, "module")}, colour: activation in the module’s scale</span>}
      isPadded={false}
    >
      <div className={styles["bymodule"]}>
        {modules.map((reading) => {
          const max = scaleOf(reading);
          return (
            <div key={reading.module} className={`columns gap-8 ${styles["module"]}`}>
              <span className={`dim cut ${styles["modulename"]}`} title={reading.module}>
                {moduleKey(reading)}
              </span>
              <span className={styles["kept"]}>
                {keptAt(reading, token).map(({ index, activation }) => (
                  <Link
                    key={index}
                    prefetch={false}
                    href={latentHrefIn(home, { module: reading.module, index }, { ...defaultLatentParams, collectionId })}
                    title={`${noun} ${index}: ${formatSignificant(activation)}`}
                    style={{ background: rampColour(activation, max, "act") }}
                  >
                    {index}
                  </Link>
                ))}
              </span>
            </div>
          );
        })}
      </div>
    </Panel>
  );
});
