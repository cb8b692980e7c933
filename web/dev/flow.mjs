// Drives the session page against the fixture server and takes pictures of what it does.
// Usage: node dev/flow.mjs URL FOLDER FIXTURE_PID
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";

const [, , url = "http://127.0.0.1:8080", folder = "shots", pid = ""] = process.argv;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const screen = (page, state) => page.locator(`[data-testid=screen][data-state=${state}]`).waitFor({ timeout: 20_000 });
const settle = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function look(page, name) {
  await page.screenshot({ path: `${folder}/flow-${name}.png` });
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, help, nodes } of violations) console.log(`axe, ${name}: ${id}: ${help}: ${nodes.map((node) => node.target).join(" ")}`);
}

async function wide() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.log(`page error: ${error.message}`));
  const requests = [];
  page.on("request", (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.goto(url);
  await page.getByLabel("User name").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await look(page, "sign-in-refused");
  await page.getByLabel("Password", { exact: true }).fill("admin");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Launch Terminal" }).first().waitFor();
  await context.clearCookies({ name: "nothing" });

  await page.goto("about:blank");
  requests.length = 0;
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Network.clearBrowserCache");
  let bytes = 0;
  client.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  const start = Date.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.getByRole("button", { name: "Launch Terminal" }).first().waitFor();
  console.log(`catalog painted after ${Date.now() - start} ms, ${requests.length} requests, ${bytes} bytes`, requests);
  await settle(1500);
  console.log(`settled: ${requests.length} requests`, requests.slice(8));

  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Find an app").waitFor();
  await settle(300);
  await look(page, "palette");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /Account of/ }).click();
  await page.getByRole("menuitem", { name: "Settings" }).waitFor();
  await settle(250);
  await look(page, "menu");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Launch Clock" }).click();
  await page.getByRole("dialog").waitFor();
  await settle(250);
  await look(page, "refused");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Launch Terminal" }).first().click();
  await screen(page, "connecting");
  await settle(900);
  await look(page, "launching");
  await screen(page, "live");
  await settle(1500);
  await page.mouse.click(400, 300);
  await page.keyboard.type("echo hello from sortie; ls -la\n");
  await settle(700);
  await look(page, "live");
  await page.mouse.move(720, 2);
  await settle(400);
  await look(page, "bar");
  for (const name of ["Send keys", "Clipboard", "Screen size", "Connection quality"]) {
    await page.getByRole("button", { name, exact: true }).click();
    await settle(name === "Connection quality" ? 2500 : 350);
    await look(page, name.toLowerCase().replace(" ", "-"));
    await page.keyboard.press("Escape");
    await settle(150);
  }
  await page.keyboard.down("Control");
  await page.keyboard.down("Alt");
  await page.keyboard.down("Shift");
  for (const key of ["Shift", "Alt", "Control"]) await page.keyboard.up(key);
  console.log("chord focuses:", await page.evaluate(() => document.activeElement?.getAttribute("aria-label")));
  await settle(300);
  if (pid) {
    process.kill(Number(pid), "SIGUSR2");
    await screen(page, "waiting");
    await settle(250);
    await look(page, "waiting");
    await screen(page, "live");
    console.log("reconnected");
  }
  await page.mouse.move(720, 2);
  await settle(300);
  const grip = await page.getByRole("button", { name: "Move the bar" }).boundingBox();
  await page.mouse.move(grip.x + 6, grip.y + 12);
  await page.mouse.down();
  await page.mouse.move(900, 300, { steps: 4 });
  await page.mouse.move(1435, 450, { steps: 6 });
  await page.mouse.up();
  await settle(400);
  await look(page, "bar-right");
  await page.mouse.move(700, 500);
  await settle(1400);
  await look(page, "bar-hidden");
  await page.goBack();
  await page.getByRole("button", { name: "Resume Terminal" }).first().waitFor();
  await settle(400);
  await look(page, "catalog-running");
  await page.goto(`${url}/sessions`);
  await page.getByRole("link", { name: "Resume Terminal" }).waitFor();
  await settle(400);
  await look(page, "sessions");
  const other = await context.newPage();
  await other.goto(url);
  await other.getByRole("button", { name: "Resume Terminal" }).first().waitFor();
  await settle(1200);
  await page.bringToFront();
  await page.getByRole("link", { name: "Resume Terminal" }).click();
  await screen(page, "live");
  await page.mouse.move(1438, 450);
  await page.getByRole("button", { name: "Stop session" }).click();
  await page.getByRole("dialog").waitFor();
  await settle(300);
  await look(page, "stop");
  await page.getByRole("dialog").getByRole("button", { name: "Stop session" }).click();
  await page.waitForURL(`${url}/`);
  await other.getByRole("button", { name: "Launch Terminal" }).first().waitFor({ timeout: 5000 });
  console.log("the other tab heard of the stop");
  await context.close();
}

async function phone() {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2, colorScheme: "dark" });
  await context.addCookies([{ name: "fixture", value: "admin", url }]);
  const page = await context.newPage();
  page.on("pageerror", (error) => console.log(`page error: ${error.message}`));
  await page.goto(url);
  await page.getByRole("button", { name: "Launch Text Editor" }).first().tap();
  await screen(page, "live");
  await settle(1200);
  await page.touchscreen.tap(150, 400);
  await look(page, "phone-live");
  await settle(1500);
  await page.getByRole("button", { name: "Show the controls" }).tap({ force: true }).catch(() => undefined);
  await settle(400);
  await page.getByRole("button", { name: "On-screen keyboard" }).tap();
  await page.getByRole("button", { name: "Trackpad mode" }).tap();
  await page.getByLabel("Type into the app").evaluate((field) => {
    field.value += "echo from a phone\n";
    field.dispatchEvent(new window.Event("input", { bubbles: true }));
  });
  await settle(800);
  await look(page, "phone-keys");
  await context.close();
}

await wide();
await phone();
await browser.close();
