import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render-page";
import { sampleSession } from "@/testing/samples";
import { stubApi } from "@/testing/stub-api";
import { PeoplePanel } from "./people-panel";
import { ShareDialog } from "./share-dialog";
import { WaitingPeople } from "./waiting-people";

const viewer = (more: object = {}) => ({
  id: "v1",
  user_id: "u2",
  username: "ivan",
  guest: false,
  role: "viewer",
  permission: "read_write",
  has_control: true,
  state: "connected",
  share_id: null,
  since: "2026-11-21T10:00:00Z",
  ...more,
});

const owner = viewer({ id: "owner", role: "owner", username: "ada" });
const session = sampleSession({ viewers: 1 });

it("hands over to somebody who types beside the owner already", async () => {
  const calls = stubApi({ "GET /api/sessions/s1/viewers": [owner, viewer()], "POST /api/sessions/s1/control": {} });
  renderPage(<PeoplePanel session={session} onShare={() => undefined} />);
  await screen.findByText("Types with you");
  await userEvent.click(screen.getByRole("button", { name: "Give control to ivan" }));
  await waitFor(() => expect(calls.find(({ path }) => path.endsWith("/control"))?.body).toEqual({ viewer_id: "v1" }));
});

it("takes control back from whoever has it alone", async () => {
  const calls = stubApi({ "GET /api/sessions/s1/viewers": [owner, viewer()], "POST /api/sessions/s1/control": {} });
  renderPage(<PeoplePanel session={sampleSession({ viewers: 1, control: { viewer_id: "v1" } })} onShare={() => undefined} />);
  await screen.findByText("Has control");
  expect(screen.queryByRole("button", { name: "Give control to ivan" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Take control back" }));
  await waitFor(() => expect(calls.find(({ path }) => path.endsWith("/control"))?.body).toEqual({ viewer_id: null }));
});

it("gives nobody control who was let in to watch", async () => {
  stubApi({ "GET /api/sessions/s1/viewers": [owner, viewer({ permission: "read_only", has_control: false })] });
  renderPage(<PeoplePanel session={session} onShare={() => undefined} />);
  await screen.findByText("Watches");
  expect(screen.queryByRole("button", { name: "Give control to ivan" })).toBeNull();
});

it("shows the owner who waits at the door, and lets them in", async () => {
  const calls = stubApi({ "GET /api/sessions/s1/viewers": [owner, viewer({ state: "waiting", guest: true, permission: "read_only" })], "POST /api/sessions/s1/viewers/v1/admit": {} });
  renderPage(<WaitingPeople session={session} />);
  await waitFor(() => expect(screen.getByRole("status")).toHaveTextContent("ivan (a guest) wants to come in and watch"));
  await userEvent.click(screen.getByRole("button", { name: "Let ivan in" }));
  await waitFor(() => expect(calls.some(({ method, path }) => method === "POST" && path.endsWith("/admit"))).toBe(true));
});

it("asks nothing about the door on a screen of somebody else's", () => {
  const calls = stubApi({});
  renderPage(<WaitingPeople session={sampleSession({ is_shared: true })} />);
  expect(calls).toEqual([]);
});

it("invites somebody by a part of their name", async () => {
  const calls = stubApi({
    "GET /api/sessions/s1/shares": [],
    "GET /api/users": [{ id: "u2", username: "ivan", display_name: "Ivan Sutherland" }],
    "POST /api/sessions/s1/shares": {},
  });
  renderPage(<ShareDialog session={session} onClose={() => undefined} />);
  await userEvent.click(await screen.findByRole("radio", { name: "One person" }));
  expect(screen.getByRole("button", { name: "Let them in" })).toBeDisabled();
  await userEvent.type(screen.getByRole("combobox", { name: "Who" }), "suth");
  await userEvent.click(await screen.findByRole("option", { name: /Ivan Sutherland/ }));
  await userEvent.click(screen.getByRole("button", { name: "Let them in" }));
  await waitFor(() => expect(calls.find(({ method }) => method === "POST")?.body).toMatchObject({ username: "ivan", permission: "read_only" }));
});
