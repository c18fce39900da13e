"use client";
import { Popover } from "radix-ui";
import { Fragment, useRef, useState } from "react";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { type PageKeys, pagesWithKeys } from "./page-keys";

const everywhere: PageKeys = {
  page: "Everywhere",
  hints: [
    { keys: ["esc"], does: "close or cancel" },
    { keys: ["?"], does: "keyboard shortcuts" },
  ],
  more: [],
};

/** All keys, behind `?`. Each page shows its own at its foot. */
export function KeySheet() {
  const [isOpen, setIsOpen] = useState(false);
  const isByKey = useRef(false);
  useShortcuts({
    "?": () => {
      isByKey.current = true;
      setIsOpen((was) => !was);
    },
  });
  // Opened by its key, it restores the focus on closing, so Enter does what it did before.
  const leaveFocus = (event: Event) => {
    if (isByKey.current) event.preventDefault();
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger asChild>
        <button
          type="button"
          className="iconbtn only-wide"
          aria-label="Keyboard shortcuts"
          onClick={() => {
            isByKey.current = false;
          }}
        >
          ?
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="keysheet"
          aria-label="Keyboard shortcuts"
          align="end"
          sideOffset={6}
          onOpenAutoFocus={leaveFocus}
          onCloseAutoFocus={leaveFocus}
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
