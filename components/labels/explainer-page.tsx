"use client";
import { useQuery } from "@tanstack/react-query";
import { Panel } from "@/components/ui/panel";
import { QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { explainerQueryOptions } from "@/lib/client/labels";
import { ExplainerForm } from "./explainer-form";
import styles from "./labels.module.css";

/** Settings of the language model that writes labels; off until a person sets it. */
export function ExplainerPage() {
  const settings = useQuery(explainerQueryOptions());
  return (
    <main className="page">
      <div className="pagehead">
        <h1>Explainer</h1>
        <span className="sub">a language model that writes labels on request; off by default</span>
      </div>
      <div className={`columns gap-16 stacks-1000 ${styles["settings"]}`}>
        <QueryState query={settings} failure="Could not load the settings" waiting={<Skeleton height={320} />}>
          {(data) => (
            <Panel title="Endpoint">
              <ExplainerForm settings={data} />
            </Panel>
          )}
        </QueryState>
        <Panel title="What is sent, and when">
          <ul className={`stack ${styles["sent"]}`}>
            <li>Nothing automatically. One latent at a time, when you press Ask on its page, after a preview of the exact text.</li>
            <li>Its strongest and some weaker examples: windows of your corpus with activations. Then held-out examples, for the score.</li>
            <li>No weights, no other text, no files, and nothing about this machine.</li>
            <li>With a local endpoint (llama.cpp, Ollama, vLLM), nothing leaves this machine.</li>
          </ul>
        </Panel>
      </div>
    </main>
  );
}
