import { CopyButton } from "@/components/ui/copy-button";

export type RequestTexts = {
  readonly linkText: () => string;
  readonly requestText: () => string;
  readonly curlText: () => string;
};

/** What the page sends, to be used elsewhere. */
export function RequestCopies({ linkText, requestText, curlText }: RequestTexts) {
  return (
    <>
      <CopyButton text={linkText}>Link</CopyButton>
      <CopyButton text={requestText}>JSON</CopyButton>
      <CopyButton text={curlText}>curl</CopyButton>
    </>
  );
}
