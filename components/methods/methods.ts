import type { ConfigOf, MethodName } from "@/lib/contract/methods/methods";
import { full } from "./full/page";
import { head } from "./head/page";
import { lora } from "./lora/page";
import type { PageMethod } from "./page-method";
import { stan } from "./stan/page";
import { vera } from "./vera/page";

/** What the pages of runs say of every method; the forms have a registry of their own, so that other pages do not load them. */
const pages: { [Name in MethodName]: PageMethod<ConfigOf<Name>> } = { stan, lora, vera, full, head };

/** What pages say of the method that a configuration names. Its functions take that configuration. */
export function pagesOf({ method }: { readonly method: MethodName }): PageMethod<ConfigOf<MethodName>> {
  return pages[method];
}
