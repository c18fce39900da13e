"use client";
import { Popover } from "radix-ui";
import { Fragment, useRef } from "react";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { setKeySheet, useKeySheet } from "./key-sheet-state";
import { type PageKeys, pagesWithKeys } from "./page-keys";

const everywhere: PageKeys = {
  page: "Everywhere",
  hints: [
    { keys: ["⌃ k"], does: "jump to a run, latent, page or command (⌘ k on a Mac)" },
    { keys: ["esc"], does: "close or cancel" },
    { keys: ["?"], does: "keyboard shortcuts" },
  ],
  more: [],
};

/** All keys, behind `?`. Each page shows its own at its foot. It takes the focus while it is open and returns it on closing. */
export function KeySheet() {
  const isOpen = useKeySheet();
  const before = useRef<Element | null>(null);
  useShortcuts({ "?": () => setKeySheet(!isOpen) });
  return (
    <Popover.Root open={isOpen} onOpenChange={setKeySheet}>
      <Popover.Trigger asChild>
        <button type="button" className="iconbtn only-wide" aria-label="Keyboard shortcuts">
          ?
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="keysheet"
          aria-label="Keyboard shortcuts"
          tabIndex={0}
          align="end"
          sideOffset={6}
          onOpenAutoFocus={() => {
            before.current = document.activeElement;
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // A click outside the sheet has moved the focus already.
            if (document.activeElement === document.body && before.current instanceof HTMLElement) before.current.focus();
          }}
        >
          <h2 className="vh">Keyboard</h2>
          {[...pagesWithKeys, everywhere].map(({ page, hints, more }) => (
            <section key={page}>
              <h3>{page}</h3>
              <dl>
                {[...hints, ...more].map(({ keys, does }) => (
                  <Fragment key={does}>
                    <dt>
                      {keys.map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </dt>
                    <dd>{does}</dd>
                  </Fragment>
                ))}
              </dl>
            </section>
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
