import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { BookOpen, LogOut } from "lucide-react";

import { QuestionBadge } from "@/questions/QuestionBadge";
import { aboutQuery } from "@/session/about";
import { signOut } from "@/session/token";
import { Button } from "@/ui";

import { LinkDot } from "./LinkDot";
import { Logo } from "./Logo";
import { SECTIONS } from "./sections";
import { ThemeSwitch } from "./ThemeSwitch";

/** The column at the left of a wide screen. */
export function Side() {
  return (
    <nav
      aria-label="Pages"
      className="sticky top-0 flex h-dvh flex-col border-r border-line bg-raised px-3 py-5 max-lg:hidden"
    >
      <HomeLink className="mb-6 px-3" />
      <div className="flex flex-1 flex-col gap-1">
        {SECTIONS.map(({ link, label, icon: Icon }) => (
          <Link
            key={label}
            {...link}
            className="flex items-center gap-3 rounded-lg px-3 py-2.5 text-sm font-medium text-muted transition-colors hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent-strong"
          >
            <Icon aria-hidden className="size-4.5" />
            {label}
          </Link>
        ))}
      </div>
      <a
        href="/docs"
        className="flex items-center gap-3 rounded-lg px-3 py-2 text-sm text-muted hover:bg-sunken hover:text-ink"
      >
        <BookOpen aria-hidden className="size-4.5" />
        API
      </a>
    </nav>
  );
}

/** The bar on top: what is open, how the connection is, how it looks. */
export function Top() {
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center justify-between gap-2 border-b border-line bg-surface px-4 sm:px-6 lg:justify-end lg:px-8">
      <HomeLink className="lg:hidden" />
      <div className="flex items-center gap-1">
        <QuestionBadge />
        <LinkDot />
        <ThemeSwitch />
        <SignOut />
      </div>
    </header>
  );
}

/** The bar at the bottom of a small screen, where thumbs are. */
export function Bottom() {
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-30 flex h-16 border-t border-line bg-raised pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      {SECTIONS.map(({ link, label, icon: Icon }) => (
        <Link
          key={label}
          {...link}
          className="flex min-w-0 flex-1 flex-col items-center justify-center gap-1 text-xs font-medium text-muted -outline-offset-2 aria-[current=page]:text-accent-strong"
        >
          <Icon aria-hidden className="size-5" />
          {label}
        </Link>
      ))}
    </nav>
  );
}

function HomeLink({ className }: { className: string }) {
  return (
    <Link to="/" className={className} aria-label="Parley, to the start">
      <Logo />
    </Link>
  );
}

function SignOut() {
  const { data } = useQuery(aboutQuery);
  if (data?.auth !== "jwt") return null;
  return (
    <Button variant="ghost" size="icon" aria-label="Sign out" onClick={() => signOut()}>
      <LogOut aria-hidden />
    </Button>
  );
}
