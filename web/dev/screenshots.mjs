// Takes a picture of every page, light and dark, wide and phone, and checks each with axe.
// Usage: node dev/screenshots.mjs URL FOLDER [name-filter]. Needs the fixture server and Chromium.
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";

const [, , url = "http://127.0.0.1:8080", folder = "shots", only = ""] = process.argv;

const PAGES = [
  ["sign-in", "/sign-in", { signedOut: true }],
  ["catalog", "/"],
  ["catalog-search", "/?q=te"],
  ["app", "/apps/terminal"],
  ["sessions", "/sessions"],
  ["ended", "/sessions/failed-one"],
  ["launching", "/sessions/stuck-one"],
  ["unknown-session", "/sessions/nothing"],
  ["settings", "/settings"],
  ["help", "/help"],
  ["admin", "/admin"],
  ["admin-apps", "/admin/apps"],
  ["admin-app-new", "/admin/apps/new"],
  ["admin-app-edit", "/admin/apps/terminal"],
  ["admin-users", "/admin/users"],
  ["admin-user-edit", "/admin/users/u3"],
  ["admin-sessions", "/admin/sessions"],
  ["admin-audit", "/admin/audit"],
  ["admin-analytics", "/admin/analytics"],
  ["admin-settings", "/admin/settings"],
  ["not-found", "/nothing/here"],
].filter(([name]) => name.includes(only));

const SIZES = [
  ["wide", { width: 1440, height: 900 }, {}],
  ["phone", { width: 390, height: 844 }, { isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
];

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
let violations = 0;
for (const [size, viewport, extra] of SIZES) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport, colorScheme, ...extra });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error" && !/401|404|ERR_/.test(message.text())) console.log(`${size} ${colorScheme}: ${message.text()}`);
    });
    page.on("pageerror", (error) => console.log(`${size} ${colorScheme}: ${error.message}`));
    for (const [name, path, { signedOut = false } = {}] of PAGES) {
      if (signedOut) await context.clearCookies();
      else await context.addCookies([{ name: "fixture", value: "admin", url }]);
      await page.goto(url + path, { waitUntil: "load" });
      await page.locator("[aria-label^=Loading]").first().waitFor({ state: "detached" }).catch(() => undefined);
      await page.evaluate(() => Promise.all([document.fonts.ready, ...document.getAnimations().map((animation) => (animation.effect?.getTiming().iterations === Infinity ? undefined : animation.finished.catch(() => undefined)))]));
      await page.waitForLoadState("domcontentloaded");
      await new Promise((resolve) => setTimeout(resolve, 350));
      await page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png` });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (overflow > 0) console.log(`${name} ${size}: ${overflow} px too wide`);
      const { violations: found } = await new AxeBuilder({ page }).analyze();
      for (const { id, help, nodes } of found) {
        violations += 1;
        console.log(`${name} ${size} ${colorScheme}: ${id}: ${help}\n    ${nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("\n    ")}`);
      }
    }
    await context.close();
  }
}
await browser.close();
console.log(`${PAGES.length} pages, ${violations} axe violations`);
process.exitCode = violations > 0 ? 1 : 0;
