import { describe, expect, it } from "vitest";
import { START, step, type Link } from "./reconnect";

const close = (code: number) => ({ type: "closed", code, reason: "", now: 1000, random: 0 }) as const;
const live: Link = { kind: "live" };

describe("the link to the screen", () => {
  it("is live once the first frame may come", () => {
    expect(step(START, { type: "opened" })).toEqual(live);
  });

  it("waits and counts when the network is lost", () => {
    expect(step(live, close(1006))).toMatchObject({ kind: "waiting", attempt: 1, until: 2000 });
  });

  it("returns at once when the server restarts", () => {
    expect(step(live, close(1012))).toMatchObject({ kind: "waiting", until: 1000 });
  });

  it("waits longer with every failure, but never longer than 15 seconds", () => {
    let link: Link = live;
    const pauses: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      link = step(link, close(1006));
      if (link.kind !== "waiting") throw new Error(link.kind);
      pauses.push(link.until - 1000);
      link = step(link, { type: "again" });
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  });

  it.each([1000, 1001, 4410])("never redials after code %i: the session ended", (code) => {
    expect(step(live, close(code))).toMatchObject({ kind: "ended", because: "session" });
  });

  it("asks for the sign-in after 4401", () => {
    expect(step(live, close(4401))).toMatchObject({ kind: "ended", because: "signed_out" });
  });

  it("stays ended whatever comes", () => {
    const ended = step(live, close(4410));
    expect(step(ended, close(1006))).toBe(ended);
    expect(step(ended, { type: "again" })).toBe(ended);
    expect(step(ended, { type: "opened" })).toBe(ended);
  });

  it("begins anew with short pauses after it was live again", () => {
    const again = step(step(step(live, close(1006)), { type: "again" }), { type: "opened" });
    expect(step(again, close(1006))).toMatchObject({ attempt: 1, until: 2000 });
  });
});
