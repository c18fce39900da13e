import type { ReadTextInput } from "@/lib/contract/read-text";
import { type RankMeasure, rankMeasures, type Span } from "./rank-latents";

/** What the tokens are shaded by. */
export const shadings = ["loss", "attribution", "outputShare", "latent"] as const;
export type Shading = (typeof shadings)[number];

/** What the address of a reading says after its `#`: a text is no part of a request for the page, so it is not in the query. */
export type TextAddress = {
  readonly text: string;
  /** The second text of a pair; null where one is read alone. */
  readonly second: string | null;
  readonly useChatTemplate: boolean;
  readonly attribution: boolean;
  /** The class whose loss is attributed; null takes the most probable. */
  readonly towards: string | null;
  readonly measure: RankMeasure;
  readonly shading: Shading;
  readonly span: Span | null;
};

const start: TextAddress = {
  text: "",
  second: null,
  useChatTemplate: false,
  attribution: true,
  towards: null,
  measure: "outputShare",
  shading: "loss",
  span: null,
};

/** Reads the part of an address after `#`; what is missing or makes no sense takes its default. */
export function readTextAddress(hash: string): TextAddress {
  const search = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    text: search.get("text") ?? start.text,
    second: search.get("second"),
    useChatTemplate: search.get("chat") === "1",
    attribution: search.get("backward") !== "0",
    towards: search.get("towards") || null,
    measure: rankMeasures.find((each) => each === search.get("by")) ?? start.measure,
    shading: shadings.find((each) => each === search.get("shade")) ?? start.shading,
    span: spanFromText(search.get("span") ?? ""),
  };
}

/** The same as a hash, defaults left out; empty where there is nothing to say. */
export function writeTextAddress(address: TextAddress): string {
  const search = new URLSearchParams();
  if (address.text !== "") search.set("text", address.text);
  if (address.second !== null) search.set("second", address.second);
  if (address.useChatTemplate) search.set("chat", "1");
  if (!address.attribution) search.set("backward", "0");
  if (address.towards !== null) search.set("towards", address.towards);
  if (address.measure !== start.measure) search.set("by", address.measure);
  // The latent that colours the text is not in the address, so that neither is its shading.
  if (address.shading !== start.shading && address.shading !== "latent") search.set("shade", address.shading);
  if (address.span !== null) search.set("span", `${address.span.from}-${address.span.to}`);
  const text = search.toString();
  return text === "" ? "" : `#${text}`;
}

/** What is sent to be read; a second text that is still empty is not read. */
export function requestOf({ text, second, useChatTemplate, attribution, towards }: TextAddress): ReadTextInput {
  return {
    text,
    ...(second === null || second === "" ? {} : { second }),
    useChatTemplate,
    attribution,
    ...(towards === null || !attribution ? {} : { towards }),
  };
}

function spanFromText(text: string): Span | null {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || Number(from) > Number(to)) return null;
  return { from: Number(from), to: Number(to) };
}
