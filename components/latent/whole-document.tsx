"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { QueryState } from "@/components/ui/query-state";
import { Skeleton } from "@/components/ui/skeleton";
import { contextQueryOptions } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { LatentContext } from "@/lib/contract/latent";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";
import { Tokens } from "./example-line";
import styles from "./latent.module.css";

type WholeDocumentProps = {
  readonly collectionId: string;
  readonly latent: LatentRef;
  readonly context: number;
  readonly colourMax: number;
};

/** The whole row of an example's window, fetched on demand. */
export function WholeDocument({ collectionId, latent, context, colourMax }: WholeDocumentProps) {
  const [isOpen, setIsOpen] = useState(false);
  const document = useQuery({ ...contextQueryOptions(collectionId, context, latent), enabled: isOpen });
  if (!isOpen) {
    return (
      <p className={styles["moreof"]}>
        <Button look="quiet" size="dense" onClick={() => setIsOpen(true)}>
          Whole document
        </Button>
      </p>
    );
  }
  return (
    <QueryState
      query={document}
      failure="Could not load the document"
      waiting={
        <div className={styles["document"]} aria-busy="true">
          <Skeleton height={72} />
        </div>
      }
    >
      {(context) => <Document context={context} colourMax={colourMax} />}
    </QueryState>
  );
}

function Document({ context: { tokens, row, domain }, colourMax }: { readonly context: LatentContext; readonly colourMax: number }) {
  const [pointed, setPointed] = useState<number | null>(null);
  const activation = pointed === null ? undefined : tokens[pointed]?.activation;
  return (
    <div className={styles["document"]}>
      <p className="tiny dim">
        Row {formatInteger(row)}
        {domain === null ? "" : ` of ${domain}`}, {formatInteger(tokens.length)} tokens. Activations are stored for the windows of examples;
        grey is text outside them.
        {activation === undefined || activation === null
          ? ""
          : ` Activation here: ${activation === 0 ? "0" : formatSignificant(activation)}.`}
      </p>
      <p className={styles["window"]}>
        <Tokens tokens={tokens} from={0} to={tokens.length} peak={null} colourMax={colourMax} pointed={pointed} onPoint={setPointed} />
      </p>
    </div>
  );
}
