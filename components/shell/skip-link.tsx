"use client";

/** Where the page begins below the bar. */
export const contentId = "content";

/** The first stop of the Tab key: past the bar and a run's tabs to the main part. Without scripts it leads below the bar. */
export function SkipLink() {
  return (
    <a
      className="skip"
      href={`#${contentId}`}
      onClick={(event) => {
        // What is after # may be the page's state.
        event.preventDefault();
        focusMain();
      }}
    >
      Skip to content
    </a>
  );
}

function focusMain(): void {
  const target = document.querySelector<HTMLElement>("main") ?? document.getElementById(contentId);
  if (target === null) return;
  if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
  target.focus();
}
