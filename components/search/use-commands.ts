"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { setKeySheet } from "@/components/shell/key-sheet-state";
import { switchTheme } from "@/components/shell/switch-theme";
import { setTourStep } from "@/components/shell/tour-state";
import { startDemonstrationMutation } from "@/lib/client/jobs";
import { statusQuery } from "@/lib/client/status";
import type { Choice } from "./choice";

const detail = "";
const links: readonly Choice[] = [
  { key: "command new run", title: "New run", detail, href: "/runs/new" },
  { key: "command import", title: "Import a run", detail, href: "/runs/import" },
  { key: "command experiment", title: "New experiment", detail, href: "/experiments/new" },
  { key: "command model", title: "Add a model", detail, href: "/models" },
  { key: "command data", title: "Add a dataset", detail, href: "/data" },
];

type Commands = { readonly commands: readonly Choice[]; readonly error: Error | null; readonly isStarting: boolean };

/** What can be done from anywhere; the demonstration while it has not been started. */
export function useCommands(close: () => void): Commands {
  const router = useRouter();
  const status = useQuery(statusQuery()).data?.demonstration;
  const start = useMutation(startDemonstrationMutation());
  const startDemonstration = () => {
    if (start.isPending) return;
    start.mutate("small", {
      onSuccess: () => {
        close();
        router.push("/");
      },
    });
  };
  const then = (act: () => void) => () => {
    close();
    act();
  };
  return {
    commands: [
      ...links,
      ...(status === "absent" || status === "failed"
        ? [{ key: "command demonstration", title: "Start the demonstration", detail, act: startDemonstration }]
        : []),
      ...(status === "ready"
        ? [{ key: "command tour", title: "Take the tour of the demonstration", detail, act: then(() => setTourStep(0)) }]
        : []),
      { key: "command theme", title: "Switch light and dark", detail, act: then(switchTheme) },
      { key: "command keys", title: "Keyboard shortcuts", detail, act: then(() => setKeySheet(true)) },
    ],
    error: start.error,
    isStarting: start.isPending,
  };
}
