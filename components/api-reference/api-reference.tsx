"use client";
import { useDeferredValue, useEffect, useState } from "react";
import { Panel } from "@/components/ui/panel";
import { TextField } from "@/components/ui/text-field";
import styles from "./api-reference.module.css";
import type { ClientExample } from "./client-examples";
import { CodeBlock } from "./code-block";
import { EndpointEntry } from "./endpoint-entry";
import { Fields, shapeAnchor } from "./fields";
import { matching } from "./matches";
import type { Reference } from "./reference";

type ApiReferenceProps = { reference: Reference; origin: string; examples: readonly ClientExample[]; runName: string | null };

/** The documentation of the HTTP interface: clients of OpenAI's first, then every endpoint, then the shapes that they speak of. */
export function ApiReference({ reference, origin, examples, runName }: ApiReferenceProps) {
  const [search, setSearch] = useState("");
  const shown = matching(reference, useDeferredValue(search));
  useOpenedByAddress();
  const count = shown.areas.reduce((sum, { endpoints }) => sum + endpoints.length, 0);
  return (
    <main className="page">
      <div className="pagehead">
        <h1>API</h1>
        <span className="sub">
          what these pages use, for scripts; the same as{" "}
          <a className="link" href="/api/openapi.json">
            OpenAPI 3.1
          </a>
        </span>
      </div>
      <div className={styles["layout"]}>
        <nav className={styles["rail"]} aria-label="Subjects">
          <TextField label="Search" type="search" placeholder="path, field or word" value={search} onValueChange={setSearch} />
          <ul>
            <li>
              <a href="#clients">OpenAI clients</a>
            </li>
            {shown.areas.map(({ id, name, endpoints }) => (
              <li key={id}>
                <a href={`#${id}`}>{name}</a>
                <span className="dim">{endpoints.length}</span>
              </li>
            ))}
            {shown.shapes.length === 0 ? null : (
              <li>
                <a href="#shapes">Shapes</a>
                <span className="dim">{shown.shapes.length}</span>
              </li>
            )}
          </ul>
        </nav>
        <div className={styles["main"]}>
          {search === "" ? <Clients examples={examples} origin={origin} runName={runName} /> : null}
          <p className="vh" aria-live="polite">
            {search === "" ? "" : `${count} endpoints, ${shown.shapes.length} shapes`}
          </p>
          {count === 0 && shown.shapes.length === 0 ? <p className="mid">Nothing here has all of these words.</p> : null}
          {shown.areas.map(({ id, name, about, endpoints }) => (
            <section key={id} id={id} className={styles["area"]}>
              <Panel title={name} isPadded={false}>
                <p className={styles["note"]}>{about}</p>
                {endpoints.map((endpoint) => (
                  <EndpointEntry key={endpoint.id} endpoint={endpoint} />
                ))}
              </Panel>
            </section>
          ))}
          {shown.shapes.length === 0 ? null : (
            <section id="shapes" className={styles["area"]}>
              <Panel title="Shapes" isPadded={false}>
                <p className={styles["note"]}>
                  What bodies and answers hold. A name in Input is a request's: it may leave out what has a default.
                </p>
                {shown.shapes.map(({ name, forms }) => (
                  <details key={name} className={styles["entry"]} id={shapeAnchor(name)}>
                    <summary>
                      <code className={styles["path"]}>{name}</code>
                    </summary>
                    <div className={styles["inside"]}>
                      <Fields forms={forms} />
                    </div>
                  </details>
                ))}
              </Panel>
            </section>
          )}
        </div>
      </div>
    </main>
  );
}

function Clients({ examples, origin, runName }: Pick<ApiReferenceProps, "examples" | "origin" | "runName">) {
  return (
    <section id="clients" className={styles["area"]}>
      <Panel title="Use any OpenAI client">
        <p className={styles["lead"]}>
          Point it at <code>{origin}/v1</code> with any key. As model it takes a run{runName === null ? "" : ` (here ${runName})`}:{" "}
          <code>RUN</code> is the adapter, <code>RUN:base</code> the base model alone, <code>RUN:NAME</code> the run with edits saved under
          that name; or say it in <code>stanscope</code>: <code>{"{run, arm, edits}"}</code>.
        </p>
        <div className={styles["examples"]}>
          {examples.map(({ name, code }) => (
            <div key={name}>
              <h3>{name}</h3>
              <CodeBlock code={code} label={`Example in ${name}`} />
            </div>
          ))}
        </div>
      </Panel>
    </section>
  );
}

/** Opens the entry that the address names, on arrival and when a link leads there. */
function useOpenedByAddress(): void {
  useEffect(() => {
    const open = () => {
      const entry = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
      if (!(entry instanceof HTMLDetailsElement)) return;
      entry.open = true;
      entry.scrollIntoView();
    };
    open();
    window.addEventListener("hashchange", open);
    return () => window.removeEventListener("hashchange", open);
  }, []);
}
