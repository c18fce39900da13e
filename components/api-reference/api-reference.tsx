"use client";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { Panel } from "@/components/ui/panel";
import { TextField } from "@/components/ui/text-field";
import type { KnownParts } from "@/lib/contract/endpoints/endpoint";
import styles from "./api-reference.module.css";
import type { ClientExample } from "./client-examples";
import { CodeBlock } from "./code-block";
import { EndpointEntry } from "./endpoint-entry";
import { Entry } from "./entry";
import { Fields, shapeAnchor } from "./fields";
import { matching } from "./matches";
import { reference } from "./reference";
import { Words } from "./words";

type ApiReferenceProps = { ids: KnownParts; origin: string; examples: readonly ClientExample[]; runName: string | null };

/** The documentation of the HTTP API: OpenAI clients first, then every endpoint, then the schemas that they use. */
export function ApiReference({ ids, origin, examples, runName }: ApiReferenceProps) {
  const [search, setSearch] = useState("");
  // Built from the contract on the server and in the browser: sent with the page, it would be most of it.
  const everything = useMemo(() => reference(origin, ids), [origin, ids]);
  const shown = matching(everything, useDeferredValue(search));
  useEffect(() => {
    // A link may point to an entry that the search hides.
    const show = () => {
      if (document.getElementById(decodeURIComponent(window.location.hash.slice(1))) === null) setSearch("");
    };
    window.addEventListener("hashchange", show);
    return () => window.removeEventListener("hashchange", show);
  }, []);
  const count = shown.areas.reduce((sum, { endpoints }) => sum + endpoints.length, 0);
  return (
    <main className="page">
      <div className="pagehead">
        <h1>API</h1>
        <span className="sub">
          the HTTP API behind these pages; also as{" "}
          <a className="link" href="/api/openapi.json">
            OpenAPI 3.1
          </a>
        </span>
      </div>
      <div className={`columns ${styles["layout"]}`}>
        <nav className={`stack gap-12 ${styles["rail"]}`} aria-label="Subjects">
          <TextField label="Search" type="search" placeholder="path, field or word" value={search} onValueChange={setSearch} />
          <ul className="stack gap-2">
            <li>
              <a href="#clients">Clients</a>
            </li>
            {shown.areas.map(({ id, name, endpoints }) => (
              <li key={id}>
                <a href={`#${id}`}>{name}</a>
                <span className="dim">{endpoints.length}</span>
              </li>
            ))}
            {shown.shapes.length === 0 ? null : (
              <li>
                <a href="#shapes">Schemas</a>
                <span className="dim">{shown.shapes.length}</span>
              </li>
            )}
          </ul>
        </nav>
        <div className="stack wide">
          {search === "" ? <Clients examples={examples} origin={origin} runName={runName} /> : null}
          <p className="vh" aria-live="polite">
            {search === "" ? "" : `${count} endpoints, ${shown.shapes.length} schemas`}
          </p>
          {count === 0 && shown.shapes.length === 0 ? <p className="mid">No endpoint or schema matches all of these words.</p> : null}
          {shown.areas.map(({ id, name, about, endpoints }) => (
            <section key={id} id={id} className={styles["area"]}>
              <Panel title={name} isPadded={false}>
                <p className={styles["note"]}>
                  <Words>{about}</Words>
                </p>
                {endpoints.map((endpoint) => (
                  <EndpointEntry key={endpoint.id} endpoint={endpoint} />
                ))}
              </Panel>
            </section>
          ))}
          {shown.shapes.length === 0 ? null : (
            <section id="shapes" className={styles["area"]}>
              <Panel title="Schemas" isPadded={false}>
                <p className={styles["note"]}>
                  Request and response bodies. Names ending in Input are requests: fields with a default are optional.
                </p>
                {shown.shapes.map(({ name, forms }) => (
                  <Entry key={name} id={shapeAnchor(name)} line={<code className={styles["path"]}>{name}</code>}>
                    {() => <Fields forms={forms} />}
                  </Entry>
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
          <Words>{lead(origin, runName)}</Words>
        </p>
        <div className={`columns two even gap-16 ${styles["examples"]}`}>
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

function lead(origin: string, runName: string | null): string {
  const here = runName === null ? "" : ` (here ${runName})`;
  return `Set the base URL to \`${origin}/v1\`, with any API key, or with the server's token if it requires one. The model is a run${here}: \`RUN\` is the adapter, \`RUN:base\` the base model alone, \`RUN:NAME\` the run with the edits saved as NAME. Or pass \`stanscope\`: \`{run, arm, edits}\`.`;
}
