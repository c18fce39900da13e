"use client";
import { Popover } from "radix-ui";
import { Fragment, useRef, useState } from "react";
import { useShortcuts } from "@/components/ui/use-shortcuts";

const sheet: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["j", "k"], "Next and previous: run, latent"],
  [["↵"], "Open"],
  [["x"], "Select"],
  [["s"], "Steer with a latent"],
  [["1", "5"], "Band of examples, by strength (on a latent; 0 for all)"],
  [["e"], "Whole windows of examples"],
  [["/"], "Search in the list"],
  [["n"], "New run (on the list of runs)"],
  [["esc"], "Close, or take back a question"],
  [["?"], "These keys"],
];

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
  // Opened in passing by its key, it leaves the focus, and so what Enter does, where it was.
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
        <Popover.Content className="keysheet" align="end" sideOffset={6} onOpenAutoFocus={leaveFocus} onCloseAutoFocus={leaveFocus}>
          <h2>Keyboard</h2>
          <dl>
            {sheet.map(([keys, does]) => (
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
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
