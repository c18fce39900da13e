"use client";
import styles from "./api-reference.module.css";
import { CodeBlock } from "./code-block";
import { Entry } from "./entry";
import { Fields, shapeAnchor } from "./fields";
import type { ShownAnswer, ShownEndpoint } from "./reference";
import { Words } from "./words";

/** One endpoint: a line that opens to its fields, responses and example. */
export function EndpointEntry({ endpoint }: { endpoint: ShownEndpoint }) {
  const { id, method, path, summary } = endpoint;
  return (
    <Entry
      id={id}
      line={
        <>
          <code className={styles["method"]}>{method}</code>
          <code className={styles["path"]}>{path}</code>
          <span className={styles["summary"]}>
            <Words>{summary}</Words>
          </span>
        </>
      }
    >
      {() => <Inside endpoint={endpoint} />}
    </Entry>
  );
}

function Inside({ endpoint: { method, path, more, query, body, upload, answers, refusals, curl } }: { endpoint: ShownEndpoint }) {
  return (
    <>
      {more === null ? null : (
        <p className="mid">
          <Words>{more}</Words>
        </p>
      )}
      <CodeBlock code={curl} label={`Example of ${method} ${path}`} />
      {query.length === 0 ? null : (
        <>
          <h4>Query</h4>
          <Fields forms={query} />
        </>
      )}
      {body === null ? null : (
        <>
          <h4>Body</h4>
          <Fields forms={body.forms} />
        </>
      )}
      {upload === null ? null : (
        <>
          <h4>Body</h4>
          <p className="mid">The file itself. {upload}</p>
        </>
      )}
      <h4>Response</h4>
      <ul className={`stack gap-4 ${styles["answers"]}`}>
        {answers.map((answer) => (
          <AnswerLine key={`${answer.mediaType} ${answer.shape}`} answer={answer} />
        ))}
        <li className="dim">
          {refusals.map(({ status, code }) => (
            <span key={code} className="nowrap">
              {status} {code}
            </span>
          ))}
        </li>
      </ul>
    </>
  );
}

function AnswerLine({ answer: { status, mediaType, shape, note } }: { answer: ShownAnswer }) {
  return (
    <li>
      <span className="mono">{status}</span>
      {shape === null ? null : (
        <a className="link" href={`#${shapeAnchor(shape)}`}>
          {shape}
        </a>
      )}
      {mediaType === null ? "nothing" : <span className="mono dim">{mediaType}</span>}
      {note === null ? null : (
        <span className="dim">
          <Words>{note}</Words>
        </span>
      )}
    </li>
  );
}
