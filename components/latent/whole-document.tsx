"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { activationWords } from "@/components/positions/activation-words";
import { drawingOf } from "@/components/positions/drawings";
import { Button } from "@/components/ui/button";
import { QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { contextQueryOptions } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { LatentContext } from "@/lib/contract/latent";
import type { PositionKind } from "@/lib/contract/positions/position-kind";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./latent.module.css";

type WholeDocumentProps = {
  readonly kind: PositionKind;
  readonly collectionId: string;
  readonly latent: LatentRef;
  readonly context: number;
  readonly colourMax: number;
};

/** The whole input that an example's window is cut from, fetched on demand. */
export function WholeDocument({ kind, collectionId, latent, context, colourMax }: WholeDocumentProps) {
  const [isOpen, setIsOpen] = useState(false);
  const document = useQuery({ ...contextQueryOptions(collectionId, context, latent), enabled: isOpen });
  if (!isOpen) {
    return (
      <p className={styles["moreof"]}>
        <Button look="quiet" size="dense" onClick={() => setIsOpen(true)}>
          Whole {kind.input}
        </Button>
      </p>
    );
  }
  return (
    <QueryState
      query={document}
      failure={`Could not load the ${kind.input}`}
      waiting={
        <div className={styles["document"]} aria-busy="true">
          <Skeleton height={72} />
        </div>
      }
    >
      {(context) => <Document kind={kind} context={context} colourMax={colourMax} />}
    </QueryState>
  );
}

type DocumentProps = { readonly kind: PositionKind; readonly context: LatentContext; readonly colourMax: number };

function Document({ kind, context: { tokens, row, domain, grid }, colourMax }: DocumentProps) {
  const { Positions, outside } = drawingOf(kind);
  const [pointed, setPointed] = useState<number | null>(null);
  const activation = pointed === null ? undefined : tokens[pointed]?.activation;
  return (
    <div className={styles["document"]}>
      <p className="tiny dim">
        Row {formatInteger(row)}
        {domain === null ? "" : ` of ${domain}`}, {formatInteger(tokens.length)} {kind.plural}. Activations are stored for the windows of
        examples; {outside}.{activation === undefined || activation === null ? "" : ` Activation here: ${activationWords(activation)}.`}
      </p>
      <p className={styles["window"]}>
        <Positions
          {...{ kind, positions: tokens, first: 0, grid: grid ?? null, image: null, peak: null, colourMax, pointed }}
          from={0}
          to={tokens.length}
          onPoint={setPointed}
        />
      </p>
    </div>
  );
}
