"use client";
import { BookOpen } from "lucide-react";
import { Button } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { Link } from "@/components/ui/link";
import { DemonstrationButtons } from "./demonstration-buttons";
import { MethodDiagram } from "./method-diagram";
import { SampleLatent } from "./sample-latent";
import { useOpenSample } from "./use-open-sample";
import styles from "./welcome.module.css";

const steps = [
  { name: "Train", text: "Train both methods on an equal budget; watch the loss and which latents stay alive." },
  { name: "Read", text: "See how often and how strongly each latent fires, and on which tokens." },
  { name: "Steer", text: "Scale, clamp or ablate a latent and compare base, adapter and edited output side by side." },
] as const;

/** Before the first run: what this is, a finished run to look into, and one click to train. */
export function Welcome() {
  const { open, isOpening, error } = useOpenSample();
  return (
    <main className={styles["page"]}>
      <section className={`columns middle ${styles["hello"]}`}>
        <div>
          <h1>Train adapters you can read and edit.</h1>
          <p className={styles["lead"]}>
            A STAN adapter adds a sparse set of latents to a frozen layer at every token. See what each latent does, and edit it during
            generation.
          </p>
          <DemonstrationButtons
            size="big"
            first={
              <Button look="primary" size="big" disabled={isOpening} onClick={() => open(({ id }) => `/runs/${id}`)}>
                <BookOpen size={13} aria-hidden="true" />
                {isOpening ? "Opening the sample…" : "Open the sample"}
              </Button>
            }
          >
            The sample is a trained STAN adapter with its statistics; it opens in seconds, ready to read and steer. The demonstration trains
            STAN and LoRA of equal size on a small model and six domains of text, both included: a few minutes on two CPU cores, and nothing
            leaves this machine.
          </DemonstrationButtons>
          {error ? <ErrorNote title="Could not open the sample">{messageOf(error)}</ErrorNote> : null}
        </div>
        <MethodDiagram />
      </section>
      <SampleLatent />
      <section className={`columns three even gap-0 stacks-720 ${styles["steps"]}`}>
        {steps.map((step) => (
          <div key={step.name}>
            <h2>{step.name}</h2>
            <p>{step.text}</p>
          </div>
        ))}
      </section>
      <section className={styles["other"]}>
        <div>
          <span className="dim">Also</span>
          <Link className="link" href="/runs/new">
            Train on your own data
          </Link>
          <Link className="link" href="/models">
            Add a model
          </Link>
          <Link className="link" href="/data">
            Add a dataset{" "}
          </Link>
          <Link className="link" href="/runs/import">
            Import a run
          </Link>
        </div>
      </section>
    </main>
  );
}
