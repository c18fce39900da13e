import { firingWord } from "@/components/latents/firing-word";
import { DomainMark } from "@/components/shell/domain-mark";
import type { CollectionSummary } from "@/lib/contract/latent";
import { latentWordsOf } from "@/lib/contract/methods/methods";
import { positionKindOf } from "@/lib/contract/positions/positions";
import type { LatentMethod } from "@/lib/contract/run-config";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import styles from "./latents.module.css";

type CollectionMethodProps = {
  readonly collection: CollectionSummary;
  /** Null of a dictionary. */
  readonly method: LatentMethod | null;
};

/** The data behind the table's numbers, and what its plots mean. */
export function CollectionMethod({ collection, method }: CollectionMethodProps) {
  const { noun: one, label, hasTopK, isDense } = latentWordsOf(method);
  const { noun, plural } = positionKindOf(collection.positionKind);
  const isRun = collection.origin.kind === "run";
  return (
    <div className="stack">
      <p>
        Collection <span className="mono">{collection.name}</span>
        {isRun && ` at step ${formatInteger(collection.step)}`}: {formatInteger(collection.tokens)} counted {plural}
        {collection.domains.length > 1 && ` of ${formatPlural(collection.domains.length, "domain")}`} in{" "}
        {formatPlural(collection.contexts, "context")}.{" "}
        {isDense
          ? `A ${one} of a ${label} module is dense and signed: it has an activation at every ${noun}. Its tails are the 1 % of ${plural} where its activation of one sign is largest, at least 32 and at most 512 (our choice), with their tokens in order of share × log₂(lift). Different components can write the same update; the update’s singular values are unique. `
          : `Firings by domain are balanced, as if all domains had the same number of ${plural}. `}
        {isRun
          ? `Δ loss: cross-entropy with the ${one} ablated${hasTopK ? " after TopK" : ""}, minus without, per ${firingWord(isDense)}; 95 % paired interval. Grey band: random ${one}s of the same module, matched on density and decoder norm. Hollow: 95 % CI includes 0.`
          : "Imported: values missing from the source are not shown."}
      </p>
      {collection.domains.length > 0 && (
        <p className={styles["legend"]}>
          {collection.domains.map((domain, order) => (
            <span key={domain.name}>
              <DomainMark name={domain.name} order={order} />{" "}
              <span className="tiny dim">
                {formatInteger(domain.tokens)} {plural}
              </span>
            </span>
          ))}
        </p>
      )}
    </div>
  );
}
