"use client";
import { useQuery } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { setTourStep, useTourStep } from "@/components/shell/tour-state";
import { Button } from "@/components/ui/button";
import { FailedPart } from "@/components/ui/failed-part";
import { latentPageQuery } from "@/lib/client/latents";
import { runsQuery } from "@/lib/client/runs";
import { latentQuery } from "@/lib/contract/latent";
import { readingOrder } from "@/lib/contract/latent-columns/column-sorts";
import styles from "./tour.module.css";
import { tourRuns, tourSteps } from "./tour-steps";

/** The step of the tour that is taken, in a corner of any page; nothing while none is. */
export function TourCard() {
  const step = useTourStep();
  return step === null ? null : <Card at={step} />;
}

function Card({ at }: { readonly at: number }) {
  const router = useRouter();
  const pathname = usePathname();
  const runs = useQuery(runsQuery());
  const ours = runs.data === undefined ? null : tourRuns(runs.data);
  const { collectionId, ...selection } = latentQuery.parse({ collectionId: ours?.collectionId ?? "", sort: readingOrder, state: "alive" });
  const { offset: _offset, limit: _limit, ranges: _ranges, ...chosen } = selection;
  const first = useQuery({ ...latentPageQuery({ ...chosen, collectionId }, { offset: 0, limit: 1 }), enabled: ours !== null });
  const latent = first.data?.rows[0];
  if (ours === null || latent === undefined) {
    const isMissing = (runs.data !== undefined && ours === null) || first.data !== undefined;
    const waitingWords = isMissing ? "The tour needs the demonstration’s two runs." : "Preparing the tour…";
    const failed = [runs, first].find(({ data, error }) => data === undefined && error !== null);
    return (
      <Frame>
        {failed === undefined ? <p>{waitingWords}</p> : <FailedPart query={failed} failure="Could not prepare the tour" />}
        <Button size="dense" look="quiet" onClick={() => setTourStep(null)}>
          Leave
        </Button>
      </Frame>
    );
  }
  const steps = tourSteps(ours, latent);
  const place = Math.min(at, steps.length - 1);
  const step = steps[place];
  const next = steps[place + 1];
  if (step === undefined) return null;
  const isHere = pathname === new URL(step.href, "http://here").pathname;
  const goTo = (to: number, href: string) => {
    setTourStep(to);
    router.push(href);
  };
  return (
    <Frame>
      <div aria-live="polite">
        <h2>
          {step.name}{" "}
          <span className="dim regular small">
            step {place + 1} of {steps.length}
          </span>
        </h2>
        <p>{step.text}</p>
      </div>
      <div className="row">
        {!isHere ? (
          <Button size="dense" look="primary" onClick={() => goTo(place, step.href)}>
            Show
          </Button>
        ) : next === undefined ? (
          <Button size="dense" look="primary" onClick={() => setTourStep(null)}>
            Finish
          </Button>
        ) : (
          <Button size="dense" look="primary" onClick={() => goTo(place + 1, next.href)}>
            Next: {next.name.toLowerCase()}
          </Button>
        )}
        <Button size="dense" look="quiet" onClick={() => setTourStep(null)}>
          Leave the tour
        </Button>
      </div>
    </Frame>
  );
}

function Frame({ children }: { readonly children: React.ReactNode }) {
  return (
    <aside className={`stack ${styles["card"]}`} aria-label="Tour">
      {children}
    </aside>
  );
}
