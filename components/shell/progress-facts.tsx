"use client";
import { useEffect, useState } from "react";
import { formatBytes, formatCount, formatDuration } from "@/lib/numbers/format";
import { type Observation, observe, rateOf } from "./job-rate";

/** Work of which `done` of `total` units are done. */
type CountedWork = {
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  /** Where the work estimates it itself; else it is taken from the rate seen. */
  readonly secondsLeft?: number | null;
};

/** How much is done, how fast, and how long it will take. */
export function ProgressFacts({ work }: { readonly work: CountedWork }) {
  const { done, total, unit, secondsLeft = null } = work;
  const [observations, setObservations] = useState<Observation[]>([]);
  useEffect(() => setObservations((before) => observe(before, { at: Date.now(), done })), [done]);
  const write = unit === "bytes" ? formatBytes : formatCount;
  const units = unit === "bytes" ? "" : ` ${unit}`;
  const rate = rateOf(observations, total);
  const left = secondsLeft ?? rate?.secondsLeft ?? null;
  const amount = total === null ? `${write(done)}${units}` : `${write(done)} of ${write(total)}${units}`;
  const parts = [
    done === 0 && total === null ? "" : amount,
    rate && unit !== "steps" ? `${write(rate.perSecond)}/s` : "",
    left === null ? "" : `${formatDuration(left)} left`,
  ];
  return parts.filter(Boolean).join(" · ");
}
