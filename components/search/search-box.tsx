"use client";
import { Search } from "lucide-react";
import { Dialog } from "radix-ui";
import { useEffect, useState } from "react";
import { Hydrated } from "@/components/ui/hydrated";
import styles from "./search.module.css";
import { SearchPanel } from "./search-panel";

/** Opens everything from anywhere: by its button in the bar, or by ⌘K or Ctrl+K. */
export function SearchBox() {
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isOpeningKey(event)) return;
      event.preventDefault();
      setIsOpen((was) => !was);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setIsOpen}>
      <Dialog.Trigger asChild>
        <button type="button" className={styles["open"]} aria-keyshortcuts="Control+K Meta+K">
          <Search size={14} aria-hidden="true" />
          <span className={styles["words"]}>Jump to…</span>{" "}
          <kbd className={styles["key"]}>
            <Hydrated fallback={"\u00a0"}>
              <KeyName />
            </Hydrated>
          </kbd>
        </button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className={styles["overlay"]} />
        <Dialog.Content className={styles["dialog"]} aria-describedby={undefined}>
          <Dialog.Title className="vh">Jump to</Dialog.Title>
          <SearchPanel close={() => setIsOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function KeyName() {
  return isApple() ? "⌘ K" : "Ctrl K";
}

/** On Apple's keyboards Ctrl+K deletes to the end of the line. */
function isOpeningKey({ key, altKey, shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (key.toLowerCase() !== "k" || altKey || shiftKey) return false;
  return isApple() ? metaKey && !ctrlKey : ctrlKey && !metaKey;
}

function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
