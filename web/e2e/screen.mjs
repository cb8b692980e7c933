/** What every flow does with the screen of a session. */
import assert from "node:assert/strict";
import { INK, PAPER, waitFor } from "./server.mjs";

export const screenOf = (page, state) => page.locator(`[data-testid=screen][data-state=${state}]`);

/** Waits until the terminal's own colours are on the screen: before that there is nobody to type to. */
export async function terminalShown(page) {
  await screenOf(page, "live").waitFor();
  await page.waitForFunction(([paper, ink]) => {
    const canvas = document.querySelector("[data-testid=screen] canvas");
    if (!canvas?.width) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = { [paper]: 0, [ink]: 0 };
    for (let at = 0; at < data.length; at += 4) {
      const colour = `${data[at]},${data[at + 1]},${data[at + 2]}`;
      if (colour in found) found[colour] += 1;
    }
    return found[paper] > 0.9 * canvas.width * canvas.height && found[ink] > 0;
  }, [PAPER, INK].map((it) => it.join(",")));
}

export async function typeLine(page, line) {
  await page.getByTestId("screen").locator("canvas").click();
  await page.keyboard.type(line, { delay: 5 });
  await page.keyboard.press("Enter");
}

/** Brings the bar with the controls, and keeps the pointer on it, so that it stays. */
export async function showControls(page) {
  const handle = page.getByRole("button", { name: "Show the controls" });
  const soon = { timeout: 2000 };
  await waitFor("the controls", async () => {
    if ((await handle.count()) > 0) await handle.click(soon).catch(() => undefined);
    await page.getByRole("toolbar").hover({ ...soon, position: { x: 12, y: 20 } }).catch(() => undefined);
    return (await handle.count()) === 0;
  });
}

/** Stops the session on the screen, as a person does; answers the question that comes first. */
export async function stopByHand(page) {
  await showControls(page);
  await page.getByRole("button", { name: "Stop session" }).first().click();
  const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
  await dialog.waitFor();
  assert.equal(await dialog.count(), 1);
  return dialog;
}
