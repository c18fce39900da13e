import { CopyButton } from "@/components/ui/copy-button";
import { curlOf } from "./curl-of";
import type { Steering } from "./steer-task";

type RequestCopiesProps = Pick<Steering, "addressEnd" | "sent"> & { readonly runId: string };

/** What the page sends, to be used elsewhere. */
export function RequestCopies({ runId, addressEnd, sent }: RequestCopiesProps) {
  return (
    <>
      <CopyButton text={() => `${window.location.origin}${window.location.pathname}${addressEnd()}`}>Link</CopyButton>
      <CopyButton text={() => JSON.stringify(sent.request, null, 2)}>JSON</CopyButton>
      <CopyButton text={() => curlOf(runId, sent.shell, window.location.origin)}>curl</CopyButton>
    </>
  );
}
