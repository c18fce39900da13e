import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import styles from "./run.module.css";

/** The page of a run before its data is there. */
export function RunSkeleton() {
  return (
    <div className={`columns gap-16 stacks-1080 ${styles["layout"]}`} aria-busy="true">
      <div className="stack wide">
        <Panel title="Loss">
          <Skeleton height={342} />
        </Panel>
        <div className="columns three even gap-16 stacks-720">
          {["Learning rate", "Gradient norm", "Throughput"].map((title) => (
            <Panel key={title} title={title} level={3}>
              <Skeleton height={148} />
            </Panel>
          ))}
        </div>
      </div>
      <div className="stack wide">
        <Panel title="Scorecard">
          <Skeleton height={140} />
        </Panel>
        <Panel title="Configuration">
          <Skeleton height={420} />
        </Panel>
      </div>
    </div>
  );
}
