import jsQR from "jsqr";
import { expect, it } from "vitest";
import { qrPath } from "./qr-code";

const SCALE = 4;

/** Paints the path as a camera would see it. */
function painted(path: string, size: number): Uint8ClampedArray {
  const width = size * SCALE;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g)) {
    for (let row = Number(y) * SCALE; row < (Number(y) + 1) * SCALE; row += 1) {
      for (let column = Number(x) * SCALE; column < (Number(x) + Number(length)) * SCALE; column += 1) {
        pixels.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
      }
    }
  }
  return pixels;
}

it("draws what a reader reads back", () => {
  const text = "otpauth://totp/Sortie:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Sortie";
  const { path, size } = qrPath(text);
  const width = size * SCALE;
  expect(jsQR(painted(path, size), width, width)?.data).toBe(text);
});
