import type { ReactNode } from "react";
import { Link } from "@/components/ui/link";
import { KeySheet } from "./key-sheet";
import { LiveStatus } from "./live-status";
import { Logo } from "./logo";
import { MainMenu, MainNav } from "./main-nav";
import { SkipLink } from "./skip-link";
import { ThemeSwitch } from "./theme-switch";
import { WhenIdle } from "./when-idle";

/** The bar on every page: where one is, what is running, `search`, light or dark. */
export function TopBar({ search }: { readonly search: ReactNode }) {
  return (
    <header className="topbar">
      <SkipLink />
      <Link className="brand" href="/">
        <Logo />
        Stanscope
      </Link>
      <MainNav />
      <span className="grow" />
      <WhenIdle>
        <LiveStatus />
      </WhenIdle>
      {search}
      <ThemeSwitch />
      <KeySheet />
      <MainMenu />
    </header>
  );
}
