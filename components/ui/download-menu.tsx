"use client";
import { Download } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { Fragment } from "react";
import styles from "./floating.module.css";

export type DownloadGroup = {
  readonly name: string;
  readonly items: readonly { readonly label: string; readonly note?: string; readonly href: string }[];
};

/** Files that can be downloaded, in groups that say what they hold. */
export function DownloadMenu({ label, groups }: { readonly label: string; readonly groups: readonly DownloadGroup[] }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="btn quiet">
          <Download size={13} aria-hidden="true" />
          {label}
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6} collisionPadding={8}>
          {groups.map((group, index) => (
            <Fragment key={group.name}>
              {index > 0 && <DropdownMenu.Separator className={styles["line"]} />}
              <DropdownMenu.Label className={styles["head"]}>{group.name}</DropdownMenu.Label>
              {group.items.map(({ label: name, note, href }) => (
                <DropdownMenu.Item key={name} asChild>
                  <a href={href} download>
                    {name}
                    {note !== undefined && <span className="dim small">{note}</span>}
                  </a>
                </DropdownMenu.Item>
              ))}
            </Fragment>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
