import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderPage } from "@/testing/render-page";
import { stubApi } from "@/testing/stub-api";
import { PersonPicker } from "./person-picker";

const ADA = { id: "u1", username: "ada", display_name: "Ada" };
const ADELE = { id: "u2", username: "adele", display_name: "" };

function show(without = [] as (typeof ADA)[]) {
  const calls = stubApi({ "GET /api/users": [ADA, ADELE] });
  const onPick = vi.fn();
  renderPage(<PersonPicker label="Add somebody" without={without} onPick={onPick} />);
  return { calls, onPick, user: userEvent.setup() };
}

it("asks nobody before two letters were typed, as the server wants", async () => {
  const { calls, user } = show();
  await user.type(screen.getByRole("combobox"), "a");
  expect(calls).toEqual([]);
});

it("is used by keyboard alone", async () => {
  const { onPick, user } = show();
  await user.type(screen.getByRole("combobox"), "ad");
  await screen.findByRole("option", { name: /adele/ });
  await user.keyboard("{ArrowDown}{Enter}");
  expect(onPick).toHaveBeenCalledExactlyOnceWith(ADELE);
  expect(screen.getByRole("combobox")).toHaveValue("");
});

it("leaves out who is in already", async () => {
  const { user } = show([ADA]);
  await user.type(screen.getByRole("combobox"), "ad");
  await screen.findByRole("option", { name: "adele" });
  expect(screen.queryByRole("option", { name: /Ada/ })).toBeNull();
});
