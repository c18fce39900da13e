"use client";
import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import Link from "next/link";
import { Button, ButtonLink } from "@/components/ui/button";
import { ErrorNote, messageOf } from "@/components/ui/error-note";
import { startDemonstrationMutation } from "@/lib/client/jobs";
import { MethodDiagram } from "./method-diagram";
import styles from "./welcome.module.css";

const steps = [
  { name: "Train", text: "Train both methods on an equal budget; watch the loss and which latents stay alive." },
  { name: "Read", text: "See how often and how strongly each latent fires, and on which tokens." },
  { name: "Steer", text: "Scale, clamp or ablate a latent and compare base, adapter and edited output side by side." },
] as const;

/** Before the first run: what this is, and one click to see it work. */
export function Welcome() {
  const start = useMutation(startDemonstrationMutation());
  return (
    <main className={styles["page"]}>
      <section className={`columns middle ${styles["hello"]}`}>
        <div>
          <h1>Train adapters you can read and edit.</h1>
          <p className={styles["lead"]}>
            A STAN adapter adds a sparse set of latents to a frozen layer at every token. See what each latent does, and edit it during
            generation.
          </p>
          <div className={styles["actions"]}>
            <Button look="primary" size="big" disabled={start.isPending} onClick={() => start.mutate("small")}>
              <Play size={12} fill="currentColor" aria-hidden="true" />
              Start the demonstration
            </Button>
            <Button size="big" disabled={start.isPending} onClick={() => start.mutate("smollm2")}>
              With SmolLM2-135M
            </Button>
            <ButtonLink size="big" look="quiet" href="/runs/new">
              New run
            </ButtonLink>
          </div>
          <p className={styles["fine"]}>
            Trains STAN and LoRA of equal size on a small model and nine kinds of text, both included: a few minutes on two CPU cores, and
            nothing leaves this machine. SmolLM2-135M is downloaded first (about 270{"\u00a0"}MB) and takes longer.
          </p>
          {start.error ? <ErrorNote title="Could not start the demonstration">{messageOf(start.error)}</ErrorNote> : null}
        </div>
        <MethodDiagram />
      </section>
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
