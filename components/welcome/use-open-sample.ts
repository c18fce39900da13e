import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { openSampleMutation } from "@/lib/client/sample";
import type { RunSummary } from "@/lib/contract/run";

/** Opens the sample and goes to one of its pages. */
export function useOpenSample() {
  const router = useRouter();
  const { mutateAsync, isPending, error } = useMutation(openSampleMutation());
  const open = (hrefOf: (run: RunSummary) => string) => {
    // The list of runs replaces this page as soon as the sample is in it, and callbacks of `mutate` are not called after that. The page shows the error.
    mutateAsync().then((run) => router.push(hrefOf(run)), ignore);
  };
  return { open, isOpening: isPending, error };
}

function ignore(): void {}
