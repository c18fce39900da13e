import { wellFormed } from "@/server/report/words/well-formed";

/**
 * Plain text as GitHub-flavoured Markdown on one line: no tag, link, image, emphasis, formula or cell border comes of it. Addresses and mentions, which
 * GitHub makes links of, are kept apart by backslashes.
 */
export function escapeMarkdown(text: string): string {
  return (
    wellFormed(text)
      .replace(/[\n\t]+/g, " ")
      .replace(/[\\`*_[\]|~$!]/g, "\\$&")
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
      .replace(/:(?=\/\/)/g, "\\:")
      .replace(/\b(www)\./gi, "$1\\.")
      .replace(/@/g, "\\@")
      // What would begin a heading, a list or a quotation.
      .replace(
        /^(\s*)(#|[-+=](?!\d)|\d+[.)](?=\s|$))/,
        (_, space: string, mark: string) => `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`,
      )
  );
}

/** A fence that no line of the code closes. */
export function fenceFor(code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  return "`".repeat(longest + 1);
}
