import { operationLabel } from "@/components/latents/edit-words";
import { isLatentMethod } from "@/lib/contract/methods/methods";
import type { Sample } from "@/lib/contract/sample";
import { formatSignificant } from "@/lib/numbers/format";
import styles from "./welcome.module.css";

/** How the three arms of the sample's generation continue its prompt. */
export function SampleSteering({ sample: { run, latent } }: { readonly sample: Sample }) {
  const { prompt, edit, texts } = latent.steering;
  const operation = isLatentMethod(run.method) ? operationLabel(edit.operation, run.method) : edit.operation;
  const value = "value" in edit ? ` ${edit.operation === "scale" ? "× " : ""}${formatSignificant(edit.value)}` : "";
  return (
    <div className={styles["steering"]}>
      <h3>
        Steered <span className="dim regular">“{prompt}” continued greedily</span>
      </h3>
      <dl>
        <dt>Base</dt>
        <dd>{texts.base}</dd>
        <dt>Adapter</dt>
        <dd>{texts.adapter}</dd>
        <dt>
          Edited{" "}
          <span className="dim">
            {operation}
            {value}
          </span>
        </dt>
        <dd>{texts.edited}</dd>
      </dl>
    </div>
  );
}
