import { expect, it } from "vitest";
import { nearestPlace, storedPlace, storePlace } from "./bar-place";

it("finds the edge that the bar was dragged to", () => {
  expect(nearestPlace(700, 10, 1440, 900).edge).toBe("top");
  expect(nearestPlace(10, 450, 1440, 900).edge).toBe("left");
  expect(nearestPlace(1430, 450, 1440, 900).edge).toBe("right");
  expect(nearestPlace(700, 890, 1440, 900).edge).toBe("bottom");
});

it("keeps the bar away from the corners", () => {
  expect(nearestPlace(2, 0, 1440, 900).along).toBeGreaterThan(0.05);
});

it("remembers the place", () => {
  storePlace({ edge: "left", along: 0.25 });
  expect(storedPlace()).toEqual({ edge: "left", along: 0.25 });
});

it("falls back to the top when the memory makes no sense", () => {
  window.localStorage.setItem("sortie-bar", "middle 7");
  expect(storedPlace()).toEqual({ edge: "top", along: 0.5 });
});
