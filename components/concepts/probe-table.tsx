"use client";
import { useState } from "react";
import { Segmented } from "@/components/ui/segmented";
import { HeadCell } from "@/components/ui/table-head";
import type { CollectionSummary } from "@/lib/contract/latent";
import { probeSizes } from "@/lib/contract/probing";
import type { RunMethod } from "@/lib/contract/run-config";
import { formatFixed, formatPlural } from "@/lib/numbers/format";
import styles from "./concepts.module.css";
import { meansOf, orderProbed, type ProbedConcept, type ProbeKey, type ProbeMeasure, type ProbeOrder } from "./probe-order";
import { ProbeRows } from "./probe-rows";

type ProbeTableProps = {
  readonly runId: string;
  readonly method: RunMethod;
  /** Whose pages latents link to. */
  readonly collection: CollectionSummary | null;
  readonly concepts: readonly ProbedConcept[];
};

/** How well few latents classify each concept's rows, beside the base model's states and a constant. */
export function ProbeTable({ runId, method, collection, concepts }: ProbeTableProps) {
  const [measure, setMeasure] = useState<ProbeMeasure>("accuracy");
  const [order, setOrder] = useState<ProbeOrder>({ key: probeSizes.length - 1, order: "desc" });
  const [openName, setOpenName] = useState<string | null>(null);
  const column = (key: ProbeKey) => ({
    order: order.key === key ? order.order : undefined,
    onSort: () => setOrder((before) => ({ key, order: before.key === key && before.order === "desc" ? "asc" : "desc" })),
  });
  return (
    <section className={`stack fit gap-8 ${styles["probing"]}`} aria-label="Sparse probing">
      <div className={styles["head"]}>
        <h4>Sparse probing</h4>
        <Segmented
          label="Measure of the probes"
          value={measure}
          options={[
            { value: "accuracy", label: "Accuracy" },
            { value: "auroc", label: "AUROC" },
          ]}
          onValueChange={setMeasure}
        />
      </div>
      <p className="note">
        As in SAEBench: the k latents whose mean activation differs most between a concept’s rows and as many others, and a logistic
        regression on them (L2, C = 1). Our choice: one half of the rows trains, the other measures, with 95&#8239;% bootstrap intervals;
        the module is chosen on the half that trains; and the dense probe is the same regression on everything that the module reads in the
        base model. Hard negatives are left out.
      </p>
      <div className="scrollx">
        <table className={`table stacks still ${styles["concepts"]} ${styles["probes"]}`}>
          <thead>
            <tr>
              <HeadCell {...column("name")}>Concept</HeadCell>
              <HeadCell>Probe reads</HeadCell>
              {probeSizes.map((k, size) => (
                <HeadCell key={k} {...column(size)}>
                  k = {k}
                </HeadCell>
              ))}
              <HeadCell unit="dense" {...column("dense")}>
                All
              </HeadCell>
              <HeadCell isNumeric>Constant</HeadCell>
            </tr>
          </thead>
          {concepts.length > 1 && <MeanRows concepts={concepts} measure={measure} />}
          {orderProbed(concepts, order, measure).map((concept) => (
            <ProbeRows
              key={concept.name}
              {...{ runId, method, collection, measure, concept }}
              isOpen={concept.name === openName}
              onOpen={(isOpen) => setOpenName(isOpen ? concept.name : null)}
            />
          ))}
        </table>
      </div>
    </section>
  );
}

/** Means over all concepts; without intervals, for concepts share rows. */
function MeanRows({ concepts, measure }: Pick<ProbeTableProps, "concepts"> & { readonly measure: ProbeMeasure }) {
  const { latents, channels, dense, constant } = meansOf(concepts, measure);
  const cells = (values: readonly number[], of: string) =>
    values.map((value, size) => (
      <td key={probeSizes[size]} data-label={`${of}, k = ${probeSizes[size]}`}>
        {formatFixed(value, 3)}
      </td>
    ));
  return (
    <tbody>
      <tr>
        <td className="mid">Mean of {formatPlural(concepts.length, "concept")}</td>
        <td className={styles["reads"]}>latents</td>
        {cells(latents, "latents")}
        <td />
        <td className="num" data-label="Constant">
          {formatFixed(constant, 3)}
        </td>
      </tr>
      <tr>
        <td />
        <td className={styles["reads"]}>channels of the base model</td>
        {cells(channels, "channels")}
        <td data-label="all channels">{formatFixed(dense, 3)}</td>
        <td />
      </tr>
    </tbody>
  );
}
