/** How long it takes until the catalog is painted, in a browser that was never here and in one that was. Run by `make bench`. */
import { noteWhenThere, openPage, startBrowser } from "./browser.mjs";
import { ADMIN, startServer } from "./server.mjs";

const ROUNDS = 7;
const CARD = "[aria-label='Launch Terminal']";

/** Milliseconds from the start of the navigation: the first pixels, and the first card of the catalog. */
async function load(page) {
  await page.goto("/");
  await page.locator(CARD).first().waitFor();
  return page.evaluate(() => {
    const [first] = performance.getEntriesByName("first-contentful-paint");
    return { pixels: first?.startTime ?? Number.NaN, catalog: window.firstThere.after };
  });
}

function row(name, loads) {
  const told = (key) => {
    const sorted = loads.map((it) => it[key]).sort((a, b) => a - b);
    return `${Math.round(sorted[Math.floor(sorted.length / 2)])} (${Math.round(sorted[0])} to ${Math.round(sorted.at(-1))})`;
  };
  console.log(`| ${name} | ${told("pixels")} | ${told("catalog")} |`);
}

const [server, browser] = await Promise.all([startServer(), startBrowser()]);
try {
  const { context, page } = await openPage(browser, { url: server.url });
  const answer = await page.request.post("/api/auth/login", { data: ADMIN, headers: { origin: server.url } });
  if (!answer.ok()) throw new Error(`the sign-in: ${answer.status()}`);
  const signedIn = await context.storageState();
  await context.close();

  const [first, again] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { context: fresh, page: tab } = await openPage(browser, { url: server.url, storageState: signedIn });
    await noteWhenThere(tab, CARD);
    first.push(await load(tab));
    again.push(await load(tab));
    await fresh.close();
  }
  console.log("| visit | first contentful paint, median (range), ms | first card of the catalog, median (range), ms |\n|---|---|---|");
  row("nothing in the browser's cache", first);
  row("again", again);
} finally {
  await browser.close();
  await server.stop();
}
