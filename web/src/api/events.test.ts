import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { followEvents, type LiveEvent } from "./events";

/** The browser's EventSource, driven by hand. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static opened: Stream[] = [];
  readyState = 1;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    Stream.opened.push(this);
  }
  close() {
    this.readyState = Stream.CLOSED;
  }
  say(type: string, data: unknown, lastEventId: string) {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data), lastEventId }));
  }
  break() {
    this.readyState = Stream.CLOSED;
    this.dispatchEvent(new Event("error"));
  }
}

const heard: LiveEvent[] = [];
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Stream);
  Stream.opened = [];
  heard.length = 0;
  stop = followEvents("/api/sessions/events", (event) => heard.push(event));
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

it("passes events on in the words of the app", () => {
  Stream.opened[0]?.say("connected", {}, "1");
  Stream.opened[0]?.say("session", { session_id: "s1" }, "2");
  Stream.opened[0]?.say("resync", {}, "3");
  Stream.opened[0]?.say("access_request", { type: "access_request.granted" }, "4");
  expect(heard.map((event) => event.kind)).toEqual(["connected", "session", "resync", "access"]);
});

it("opens a broken stream again where it ended", () => {
  Stream.opened[0]?.say("apps", {}, "41");
  Stream.opened[0]?.break();
  expect(Stream.opened).toHaveLength(1);
  vi.advanceTimersByTime(1000);
  expect(Stream.opened[1]?.url).toBe("/api/sessions/events?after=41");
});

it("tries less and less often while the server is away", () => {
  for (let round = 0; round < 4; round += 1) {
    Stream.opened.at(-1)?.break();
    vi.advanceTimersByTime(1000 * 2 ** round);
    expect(Stream.opened).toHaveLength(round + 2);
  }
});

it("leaves the reopening to the browser where it can do it itself", () => {
  Stream.opened[0]?.dispatchEvent(new Event("error"));
  vi.advanceTimersByTime(60_000);
  expect(Stream.opened).toHaveLength(1);
});

it("closes the stream when nobody listens any more", () => {
  stop();
  expect(Stream.opened[0]?.readyState).toBe(Stream.CLOSED);
});
