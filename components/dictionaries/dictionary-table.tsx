"use client";
import { useMutation } from "@tanstack/react-query";
import { ButtonLink } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { InlineConfirm } from "@/components/ui/inline-confirm";
import { Link } from "@/components/ui/link";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Status } from "@/components/ui/status";
import { HeadCell } from "@/components/ui/table-head";
import { deleteCollectionMutation } from "@/lib/client/latents";
import type { CollectionSummary } from "@/lib/contract/latent";
import { formatCount, formatInteger } from "@/lib/numbers/format";
import styles from "./dictionaries.module.css";

/** The imported dictionaries with their origins; a skeleton while loading. */
export function DictionaryTable({ dictionaries }: { readonly dictionaries: readonly CollectionSummary[] | undefined }) {
  return (
    <div className="scrollx">
      <table className={`table stacks still ${styles["table"]}`}>
        <thead>
          <tr>
            <HeadCell>Dictionary</HeadCell>
            <HeadCell isNumeric>Latents</HeadCell>
            <HeadCell isNumeric>Dead</HeadCell>
            <HeadCell isNumeric unit="denominator of densities">
              Tokens
            </HeadCell>
            <HeadCell>
              <span className="vh">Actions</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {dictionaries === undefined ? (
            <SkeletonRows rows={3} columns={5} />
          ) : (
            dictionaries.map((dictionary) => <DictionaryRow key={dictionary.id} dictionary={dictionary} />)
          )}
        </tbody>
      </table>
    </div>
  );
}

function DictionaryRow({ dictionary }: { readonly dictionary: CollectionSummary }) {
  const { id, name, origin, status, error, numLatents, modules, tokens } = dictionary;
  const remove = useMutation(deleteCollectionMutation());
  const isReady = status === "finished";
  const href = `/dictionaries/${encodeURIComponent(id)}/latents`;
  return (
    <tr>
      <td>
        <span className={`stack gap-0 ${styles["name"]}`}>
          {isReady ? (
            <Link className="strong" href={href}>
              {name}
            </Link>
          ) : (
            <b className="strong">{name}</b>
          )}
          <span className="tiny dim mono cut">{originWords(origin)}</span>
          {!isReady && (
            <Status tone={status === "failed" ? "bad" : status === "cancelled" ? "off" : "waiting"}>
              {status === "failed" ? (error ?? "failed") : status === "cancelled" ? "cancelled" : "importing"}
            </Status>
          )}
        </span>
      </td>
      <td className="num" data-label="Latents">
        {formatCount(numLatents)}
      </td>
      <td className="num" data-label="Dead">
        {isReady ? formatInteger(modules.reduce((sum, module) => sum + module.dead, 0)) : ""}
      </td>
      <td className="num" data-label="Tokens">
        {tokens > 0 ? formatCount(tokens) : "not stated"}
      </td>
      <td>
        <span className={styles["actions"]}>
          {remove.error !== null && <span className="status bad small">{messageOf(remove.error)}</span>}
          {isReady && (
            <ButtonLink size="dense" href={href}>
              Open
            </ButtonLink>
          )}
          <InlineConfirm
            size="dense"
            label="Remove"
            question="Remove the dictionary and its labels?"
            confirmLabel="Remove"
            isBusy={remove.isPending}
            onConfirm={() => remove.mutate({ id, origin })}
          />
        </span>
      </td>
    </tr>
  );
}

function originWords(origin: CollectionSummary["origin"]): string {
  return origin.kind === "neuronpedia" ? `${origin.modelId} / ${origin.sourceId}` : origin.runId;
}
