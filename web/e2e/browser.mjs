/** Debian's Chromium, pages that tell on themselves, and where their pictures go. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Where this run's screenshots are; printed at the end. */
export const shots = mkdtempSync(join(tmpdir(), "sortie-shots-"));

export async function startBrowser() {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((it) => existsSync(it));
  if (!executablePath) throw new Error("Chromium is needed: apt-get install chromium");
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** A fresh browser profile with one page, which remembers everything that went wrong on it. */
export async function openPage(browser, { url, viewport = WIDE, colorScheme = "light", storageState, isPhone = false }) {
  const context = await browser.newContext({ baseURL: url, viewport, colorScheme, hasTouch: isPhone, reducedMotion: "reduce", ...(storageState && { storageState }) });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    // A browser tells of every refused request here, too; tests that want one say so by its status.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) faults.push(message.text());
  });
  return { context, page, faults };
}

/** Takes a picture for people to look at. */
export async function shoot(page, name) {
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** What hinders people who cannot see, or cannot use a mouse (axe rules, WCAG A and AA). */
export async function hindrances(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

/** Follows requests from now on: what was asked for, when, how many bytes came, and whether that was all. */
export async function meter(page) {
  const wire = await page.context().newCDPSession(page);
  const requests = new Map();
  const add = (id, bytes) => requests.has(id) && (requests.get(id).bytes += bytes);
  await wire.send("Network.enable");
  wire.on("Network.requestWillBeSent", ({ requestId, request, wallTime }) => {
    if (!request.url.startsWith("http")) return;
    requests.set(requestId, { name: `${request.method} ${new URL(request.url).pathname}`, at: wallTime * 1000, bytes: 0, isDone: false });
  });
  wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    // Heads and bodies, as they came over the wire.
    add(requestId, encodedDataLength);
    if (requests.has(requestId)) requests.get(requestId).isDone = true;
  });
  return { before: (time) => [...requests.values()].filter(({ at }) => at <= time) };
}

/** Notes inside the page when something is there for the first time, whatever else this machine is busy with. */
export async function noteWhenThere(page, selector) {
  await page.addInitScript((wanted) => {
    const look = () => {
      if (!document.querySelector(wanted)) return;
      watch.disconnect();
      window.firstThere = { after: performance.now(), at: performance.timeOrigin + performance.now() };
    };
    const watch = new MutationObserver(look);
    watch.observe(document, { childList: true, subtree: true });
  }, selector);
}

/** Removes the pictures when there are none. */
export function forgetEmptyShots() {
  if (readdirSync(shots).length === 0) rmSync(shots, { recursive: true });
}
