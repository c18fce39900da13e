import { operationAndValue } from "@/components/latents/edit-words";
import { isLatentMethod } from "@/lib/contract/methods/methods";
import type { Sample } from "@/lib/contract/sample";
import styles from "./welcome.module.css";

/** How the three arms of the sample's generation continue its prompt. */
export function SampleSteering({ sample: { run, latent } }: { readonly sample: Sample }) {
  const { prompt, edit, texts } = latent.steering;
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
          Edited <span className="dim">{isLatentMethod(run.method) ? operationAndValue(edit, run.method) : edit.operation}</span>
        </dt>
        <dd>{texts.edited}</dd>
      </dl>
    </div>
  );
}
