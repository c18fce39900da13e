"use client";
import { useQuery } from "@tanstack/react-query";
import { Panel } from "@/components/ui/panel";
import { QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { explainerQueryOptions } from "@/lib/client/labels";
import { ExplainerForm } from "./explainer-form";
import styles from "./labels.module.css";

/** Which language model may be asked for labels; none until a person sets it. */
export function ExplainerPage() {
  const settings = useQuery(explainerQueryOptions());
  return (
    <main className="page">
      <div className="pagehead">
        <h1>Explainer</h1>
        <span className="sub">a language model that writes labels on request; off unless you turn it on</span>
      </div>
      <div className={styles["settings"]}>
        <QueryState query={settings} failure="The settings cannot be read" waiting={<Skeleton height={320} />}>
          {(data) => (
            <Panel title="Endpoint">
              <ExplainerForm settings={data} />
            </Panel>
          )}
        </QueryState>
        <Panel title="What is sent, and when">
          <ul className={styles["sent"]}>
            <li>Nothing by itself. One latent at a time, when you press Ask on its page, and after you have seen the very text.</li>
            <li>
              Its strongest and some weaker examples: windows of your corpus with activations in them. Then, for the score, held-out
              examples.
            </li>
            <li>No weights, no other text, no file, and nothing about this machine.</li>
            <li>An endpoint on this machine (llama.cpp, Ollama, vLLM) keeps all of it here.</li>
          </ul>
        </Panel>
      </div>
    </main>
  );
}
