import { type RankMeasure, rankMeasures, type Span } from "./rank-latents";

/** What the tokens are shaded by. */
export const shadings = ["loss", "attribution", "outputShare", "latent"] as const;
export type Shading = (typeof shadings)[number];

/** What the address of a reading says after its `#`: a text is no part of a request for the page, so it is not in the query. */
export type TextAddress = {
  readonly text: string;
  readonly useChatTemplate: boolean;
  readonly attribution: boolean;
  readonly measure: RankMeasure;
  readonly shading: Shading;
  readonly span: Span | null;
};

/** Longer texts stay out of the address: some programs cut links there. */
export const longestTextInAddress = 2000;

const start: TextAddress = { text: "", useChatTemplate: false, attribution: true, measure: "outputShare", shading: "loss", span: null };

/** Reads the part of an address after `#`; what is missing or makes no sense takes its default. */
export function readTextAddress(hash: string): TextAddress {
  const search = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    text: search.get("text") ?? start.text,
    useChatTemplate: search.get("chat") === "1",
    attribution: search.get("backward") !== "0",
    measure: rankMeasures.find((each) => each === search.get("by")) ?? start.measure,
    shading: shadings.find((each) => each === search.get("shade")) ?? start.shading,
    span: spanFromText(search.get("span") ?? ""),
  };
}

/** The same as a hash, defaults left out; empty where there is nothing to say. */
export function writeTextAddress(address: TextAddress): string {
  const search = new URLSearchParams();
  if (address.text !== "" && address.text.length <= longestTextInAddress) search.set("text", address.text);
  if (address.useChatTemplate) search.set("chat", "1");
  if (!address.attribution) search.set("backward", "0");
  if (address.measure !== start.measure) search.set("by", address.measure);
  // The latent that colours the text is not in the address, so that neither is its shading.
  if (address.shading !== start.shading && address.shading !== "latent") search.set("shade", address.shading);
  if (address.span !== null) search.set("span", `${address.span.from}-${address.span.to}`);
  const text = search.toString();
  return text === "" ? "" : `#${text}`;
}

function spanFromText(text: string): Span | null {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || Number(from) > Number(to)) return null;
  return { from: Number(from), to: Number(to) };
}
