import type { ReactNode } from "react";
import { useQuery } from "@tanstack/react-query";
import ArrowUpRight from "lucide-react/icons/arrow-up-right";
import BookOpen from "lucide-react/icons/book-open";
import { configQuery } from "@/api/config";
import { Kbd } from "@/components/ui/kbd";
import { PageBody, PageHeader, Panel } from "@/components/ui/page";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";

const SHORTCUTS: readonly { title: string; keys: readonly { keys: readonly string[]; does: string }[] }[] = [
  {
    title: "Everywhere",
    keys: [
      { keys: ["Ctrl", "K"], does: "Go anywhere: apps, sessions, pages, actions (⌘ K on a Mac)" },
      { keys: ["Tab"], does: "Move through the page" },
      { keys: ["Esc"], does: "Close what is open" },
    ],
  },
  {
    title: "Catalog",
    keys: [
      { keys: ["/"], does: "Search" },
      { keys: ["Enter"], does: "Start the best match" },
    ],
  },
  {
    title: "In a session",
    keys: [
      { keys: ["Ctrl", "Alt", "Shift"], does: "Take the keyboard back and open the controls" },
      { keys: ["Tab"], does: "Move through the controls" },
    ],
  },
];

const ANSWERS: readonly { question: string; answer: ReactNode }[] = [
  {
    question: "What happens when I close the tab?",
    answer: "Nothing. The app runs on the server, and the catalog shows it with a green dot. Click it to resume, on this device or another.",
  },
  {
    question: "When does a session end?",
    answer: "When you stop it, when the app itself closes, or after a time without keyboard or mouse input. The session's page then says which, and starts it again with one click.",
  },
  {
    question: "How do I copy and paste?",
    answer: "Allow the clipboard once when the browser asks, then copy and paste as usual. Otherwise use Clipboard in the bar at the edge of the session. An app's owner may have switched one direction off.",
  },
  {
    question: "The picture stands still.",
    answer: "The connection was lost. The page reconnects by itself and shows when; your app keeps running meanwhile.",
  },
  {
    question: "How do I use it on a phone?",
    answer: "Tap to click, press long for the right button, move two fingers to scroll, pinch to zoom. The bar has a keyboard with Ctrl and Alt, and a trackpad mode for small targets.",
  },
];

/** Made from the documents of this version; served beside this page. */
const GUIDES: readonly { href: string; name: string; about: string; forAdmins?: boolean }[] = [
  { href: "/docs/guide/using.html", name: "Using Sortie", about: "Apps, sessions, sharing, the keyboard and the phone." },
  { href: "/docs/guide/apps.html", name: "Describing apps", about: "Every field of an app, with examples.", forAdmins: true },
  { href: "/docs/", name: "All documents", about: "For people, operators, and developers." },
  { href: "/docs/reference/api.html", name: "HTTP API", about: "For programs; /openapi.json has every detail." },
];

export function HelpPage() {
  usePageTitle("Help");
  const { isAdmin } = useMe();
  const { data: config } = useQuery(configQuery);
  return (
    <PageBody narrow>
      <PageHeader title="Help">What people ask first. The guides below know the rest.</PageHeader>
      <div className="flex flex-col gap-5">
        <Panel title="Keyboard">
          <div className="grid gap-6 sm:grid-cols-2">
            {SHORTCUTS.map((group) => (
              <section key={group.title}>
                <h3 className="mb-2 text-[13px] font-medium text-ink-3">{group.title}</h3>
                <dl className="flex flex-col gap-2.5">
                  {group.keys.map(({ keys, does }) => (
                    <div key={does} className="flex items-start gap-3 text-[13.5px]">
                      <dt className="flex shrink-0 gap-1">
                        {keys.map((key) => (
                          <Kbd key={key}>{key}</Kbd>
                        ))}
                      </dt>
                      <dd className="text-ink-2">{does}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
        </Panel>
        <Panel title="Questions">
          <div className="-my-1 divide-y divide-line">
            {ANSWERS.map(({ question, answer }) => (
              <details key={question} className="group py-1">
                <summary className="rounded-md py-2 text-[14px] font-medium marker:text-ink-3">{question}</summary>
                <p className="pb-3 pl-4 text-[13.5px] leading-relaxed text-pretty text-ink-2">{answer}</p>
              </details>
            ))}
          </div>
        </Panel>
        <Panel title="Guides" description="They belong to this version, and come from this server.">
          <ul className="-my-1 divide-y divide-line">
            {GUIDES.filter(({ forAdmins }) => !forAdmins || isAdmin).map(({ href, name, about }) => (
              <li key={href}>
                <a href={href} target="_blank" rel="noreferrer" className="group flex items-center gap-3 rounded-md py-2.5">
                  <BookOpen className="size-4 shrink-0 text-ink-3" aria-hidden="true" />
                  <span className="min-w-0 flex-1">
                    <span className="block text-[14px] font-medium group-hover:underline">{name}</span>
                    <span className="block text-[13px] text-ink-2">{about}</span>
                  </span>
                  <ArrowUpRight className="size-4 shrink-0 text-ink-3" aria-hidden="true" />
                </a>
              </li>
            ))}
          </ul>
        </Panel>
        <p className="text-[12.5px] text-ink-3">Sortie {config?.version}</p>
      </div>
    </PageBody>
  );
}
