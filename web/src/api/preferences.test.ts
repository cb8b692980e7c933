import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { patchPreferences, preferences } from "@/lib/preferences";
import { stubApi } from "@/testing/stub-api";
import { followPreferences } from "./preferences";

const SERVER = { theme: "dark", collapsed_categories: ["Links"], favorites: ["wiki"], updated_at: "2026-11-01T00:00:00Z" };
const PATH = "/api/me/preferences";

let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  patchPreferences({ theme: "light", collapsed: [], favorites: [] });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

it("the server's preferences win after the sign-in, and nothing is sent back", async () => {
  const calls = stubApi({ [`GET ${PATH}`]: SERVER });
  stop = followPreferences();
  await vi.advanceTimersByTimeAsync(5000);
  expect(preferences()).toEqual({ theme: "dark", collapsed: ["Links"], favorites: ["wiki"] });
  expect(window.localStorage.getItem("sortie-theme")).toBe("dark");
  expect(document.documentElement.dataset["theme"]).toBe("dark");
  expect(calls.map((call) => call.method)).toEqual(["GET"]);
});

it("a server that holds nothing yet gets what this browser knows", async () => {
  const calls = stubApi({ [`GET ${PATH}`]: { ...SERVER, updated_at: null }, [`PUT ${PATH}`]: SERVER });
  stop = followPreferences();
  await vi.advanceTimersByTimeAsync(5000);
  expect(calls.at(-1)).toMatchObject({ method: "PUT", body: { theme: "light", favorites: [] } });
  expect(preferences().theme).toBe("light");
});

it("several changes in a row are sent as one", async () => {
  const calls = stubApi({ [`GET ${PATH}`]: SERVER, [`PUT ${PATH}`]: SERVER });
  stop = followPreferences();
  await vi.advanceTimersByTimeAsync(1000);
  patchPreferences({ favorites: ["a"] });
  patchPreferences({ favorites: ["a", "b"] });
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls.filter((call) => call.method === "PUT").map((call) => call.body)).toEqual([
    { theme: "dark", collapsed_categories: ["Links"], favorites: ["a", "b"] },
  ]);
});

it("following the system leaves no theme behind", () => {
  patchPreferences({ theme: null });
  expect(window.localStorage.getItem("sortie-theme")).toBeNull();
  expect(document.documentElement.dataset["theme"]).toBeUndefined();
});
