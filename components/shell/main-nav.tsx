"use client";
import { Menu } from "lucide-react";
import { usePathname } from "next/navigation";
import { DropdownMenu } from "radix-ui";
import { Link } from "@/components/ui/link";

/** The pages in the bar. */
export const places = [
  { name: "Runs", path: "/" },
  { name: "Compare", path: "/compare" },
  { name: "Experiments", path: "/experiments" },
  { name: "Models", path: "/models" },
  { name: "Data", path: "/data" },
  { name: "Jobs", path: "/jobs" },
  { name: "API", path: "/api" },
] as const;

/** Pages that are reached from these, by the start of their address. */
const within: Readonly<Record<string, readonly string[]>> = { "/": ["/runs"], "/data": ["/dictionaries"], "/jobs": ["/explainer"] };

/** The pages, side by side. */
export function MainNav() {
  const isHere = useIsHere();
  return (
    <nav className="nav only-wide" aria-label="Main">
      {places.map((place) => (
        <Link key={place.path} href={place.path} aria-current={isHere(place.path) ? "page" : undefined}>
          {place.name}
        </Link>
      ))}
    </nav>
  );
}

/** The same pages in a menu, where there is no room. */
export function MainMenu() {
  const isHere = useIsHere();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="iconbtn only-narrow" aria-label="Menu">
          <Menu size={18} aria-hidden="true" />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          {places.map((place) => (
            <DropdownMenu.Item key={place.path} asChild>
              <Link href={place.path} aria-current={isHere(place.path) ? "page" : undefined}>
                {place.name}
              </Link>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function useIsHere(): (path: string) => boolean {
  const pathname = usePathname();
  return (path) => [path, ...(within[path] ?? [])].some((start) => (start === "/" ? pathname === "/" : pathname.startsWith(start)));
}
