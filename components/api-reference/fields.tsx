import { Fragment } from "react";
import styles from "./api-reference.module.css";
import type { FieldRow, SchemaForm, TypePart } from "./schema-rows";
import { Words } from "./words";

/** The fields of a schema with types and defaults; the variants of a union one after another. */
export function Fields({ forms }: { forms: readonly SchemaForm[] }) {
  return forms.map((form) => (
    <Fragment key={form.name ?? ""}>
      {form.name === null ? null : (
        <p className={styles["form"]}>
          <code>{form.name}</code>
          {form.about === undefined ? null : <span> {form.about}</span>}
        </p>
      )}
      {form.rows.length === 0 ? null : (
        <dl className={styles["fields"]}>
          {form.rows.map((row) => (
            <Field key={row.path} row={row} />
          ))}
        </dl>
      )}
    </Fragment>
  ));
}

function Field({ row: { path, type, isRequired, defaultValue, about } }: { row: FieldRow }) {
  return (
    <div className={`columns even stacks-720 ${styles["field"]}`}>
      <dt>
        <code>{path}</code>
        {isRequired && path !== "" ? <span className={styles["required"]}>required</span> : null}
      </dt>
      <dd>
        <span className={styles["type"]}>
          <TypeText parts={type} />
          {defaultValue === undefined ? null : ` = ${defaultValue}`}
        </span>
        {about === undefined ? null : (
          <span className={styles["about"]}>
            <Words>{about}</Words>
          </span>
        )}
      </dd>
    </div>
  );
}

/** A type in words; the name of a schema links to it. */
export function TypeText({ parts }: { parts: readonly TypePart[] }) {
  return parts.map((part, at) =>
    part.shape === undefined ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a type never move
      <Fragment key={at}>{part.text}</Fragment>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a type never move
      <a key={at} className="link" href={`#${shapeAnchor(part.shape)}`}>
        {part.text}
      </a>
    ),
  );
}

export function shapeAnchor(name: string): string {
  return `shape-${name}`;
}
