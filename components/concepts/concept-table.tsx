"use client";
import { useState } from "react";
import { HeadCell } from "@/components/ui/table-head";
import type { DetectedConcept } from "@/lib/contract/detection";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { RunMethod } from "@/lib/contract/run-config";
import { formatFixed, formatInteger, formatPlural } from "@/lib/numbers/format";
import { ChanceMark, ChanceTicks } from "./chance-mark";
import { type ConceptKey, type ConceptOrder, isDetected, orderConcepts } from "./concept-order";
import styles from "./concepts.module.css";
import { DetectorLink } from "./detector-link";
import { TopDetectors } from "./top-detectors";

type ConceptTableProps = {
  readonly runId: string;
  readonly method: RunMethod;
  /** Whose pages latents link to. */
  readonly collection: CollectionSummary | null;
  readonly concepts: readonly DetectedConcept[];
};

/** Each concept with the latent that detects it best. */
export function ConceptTable({ runId, method, collection, concepts }: ConceptTableProps) {
  const [order, setOrder] = useState<ConceptOrder>({ key: "auroc", order: "desc" });
  const [openName, setOpenName] = useState<string | null>(null);
  const column = (key: ConceptKey) => ({
    order: order.key === key ? order.order : undefined,
    onSort: () => setOrder((before) => ({ key, order: before.key === key && before.order === "desc" ? "asc" : "desc" })),
  });
  const detected = concepts.filter(isDetected).length;
  return (
    <>
      <p className="small">
        For {formatInteger(detected)} of {formatPlural(concepts.length, "concept")}, the 95&#8239;% confidence interval of the best latent’s
        AUROC lies above 0.5 (chance).
      </p>
      <div className="scrollx">
        <table className={`table stacks still ${styles["concepts"]}`}>
          <thead>
            <tr>
              <HeadCell {...column("name")}>Concept</HeadCell>
              <HeadCell isNumeric unit="with / without">
                Rows
              </HeadCell>
              <HeadCell>Best latent</HeadCell>
              <HeadCell isNumeric unit="other half, 95 % interval" {...column("auroc")}>
                AUROC
              </HeadCell>
              <th scope="col" className={styles["drawn"]}>
                <span className="vh">Plot</span>
                <ChanceTicks />
              </th>
              <HeadCell isNumeric unit="half that chose">
                AUROC
              </HeadCell>
              <HeadCell isNumeric unit="other half" {...column("averagePrecision")}>
                Avg. precision
              </HeadCell>
            </tr>
          </thead>
          {orderConcepts(concepts, order).map((concept) => (
            <ConceptRows
              key={concept.name}
              {...{ runId, method, collection, concept }}
              isOpen={concept.name === openName}
              onOpen={(isOpen) => setOpenName(isOpen ? concept.name : null)}
            />
          ))}
        </table>
      </div>
    </>
  );
}

type ConceptRowsProps = Omit<ConceptTableProps, "concepts"> & {
  readonly concept: DetectedConcept;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
};

function ConceptRows({ runId, method, collection, concept, isOpen, onOpen }: ConceptRowsProps) {
  const { name, rows, chosen, top } = concept;
  return (
    <tbody>
      <tr>
        <td className={styles["name"]}>
          {top.length === 0 ? (
            name
          ) : (
            <button type="button" className="bare link" aria-expanded={isOpen} onClick={() => onOpen(!isOpen)}>
              {name}
            </button>
          )}
        </td>
        <td className="num" data-label="Rows">
          {formatInteger(rows.positives)} / {formatInteger(rows.negatives)}
        </td>
        {chosen === null ? (
          <td colSpan={5} className="dim">
            no latent is active in its rows
          </td>
        ) : (
          <>
            <td data-label="Best latent">
              <DetectorLink runId={runId} collection={collection} {...chosen} />
            </td>
            <td className="num" data-label="AUROC">
              <b className="strong">{formatFixed(chosen.report.auroc, 3)}</b>{" "}
              <span className="dim">
                ({formatFixed(chosen.interval.auroc[0], 3)} to {formatFixed(chosen.interval.auroc[1], 3)})
              </span>
            </td>
            <td className={styles["drawn"]}>
              <ChanceMark mark={method} value={chosen.report.auroc} interval={chosen.interval.auroc} />
            </td>
            <td className="num mid" data-label="On the half that chose">
              {formatFixed(chosen.selection.auroc, 3)}
            </td>
            <td className="num" data-label="Avg. precision">
              {formatFixed(chosen.report.averagePrecision, 3)}
            </td>
          </>
        )}
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={7} className={styles["opened"]}>
            <TopDetectors runId={runId} collection={collection} concept={concept} />
          </td>
        </tr>
      )}
    </tbody>
  );
}
