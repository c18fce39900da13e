import type { ReactNode } from "react";
import type { KeyHint } from "@/components/ui/key-strip";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { RunRecord } from "@/lib/contract/run";
import type { LatentMethod } from "@/lib/contract/run-config";
import type { ShellRequest } from "./curl-of";

/** The run whose latents a page steers. */
export type Steered = {
  readonly detail: RunRecord;
  readonly method: LatentMethod;
  readonly collections: readonly CollectionSummary[];
};

/** What the page of any task needs to know of its steering; a task's own parts may know more. */
export type Steering = {
  /** What the address says. */
  readonly params: { readonly edits: readonly Edit[] };
  readonly setParams: (change: { readonly edits: readonly Edit[] }) => void;
  /** How many edits the last change left out: the list was full. */
  readonly leftOut: number;
  readonly collection: CollectionSummary | null;
  readonly isRunning: boolean;
  /** Runs what is on the page, where something can be run. */
  readonly start: () => void;
  readonly stop: () => void;
  /** Keys of this task alone. */
  readonly shortcuts: Readonly<Record<string, () => void>>;
  /** Shows where a latent fires without editing it. */
  readonly watch: (latent: LatentRef) => void;
  /** The end of the address that says all of this; another function when that changes, and only then. */
  readonly addressEnd: () => string;
  /** Shows the state of an address. @returns the end of the address, as this page writes it */
  readonly takeState: (state: URLSearchParams) => string;
  /** What would be sent now, and how a shell sends it. */
  readonly sent: { readonly request: object; readonly shell: ShellRequest };
};

/** What a part of the page gets. */
export type PartProps<Own extends Steering> = Omit<Steered, "collections"> & { readonly steering: Own };

/** Whether the model reads token by token, or an encoder a text `whole`, or a picture, whose positions are patches. */
export type ReadsInput = "tokens" | "whole" | "patches";

/** How one task is steered: what its address says, what runs, and its parts of the page. */
export type SteerTask<Own extends Steering> = {
  /** In the order in which the address is written. */
  readonly parameters: object;
  /** A hook: the state that all parts share. */
  readonly useSteering: (steered: Steered) => Own;
  readonly reads: ReadsInput;
  /** What follows from a run having no adapter yet. */
  readonly withoutAdapter: string;
  readonly hints: readonly KeyHint[];
  /** What the model reads; `copies` are buttons that copy the request as a link, JSON or curl. */
  readonly Input: (props: PartProps<Own> & { readonly copies: ReactNode }) => ReactNode;
  /** Below the edits. */
  readonly EditsFoot?: (props: PartProps<Own>) => ReactNode;
  /** What comes of it. */
  readonly Output: (props: PartProps<Own>) => ReactNode;
  /** The same token by token. */
  readonly Tokens: (props: PartProps<Own>) => ReactNode;
  /** What edits do at many values, or to more than one text. */
  readonly Studies: (props: PartProps<Own>) => ReactNode;
};
