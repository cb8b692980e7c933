import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderPage } from "@/testing/render-page";
import { DataTable, type Column } from "./table";

interface Ship {
  name: string;
  masts: number;
}

const SHIPS: readonly Ship[] = [
  { name: "Preussen", masts: 5 },
  { name: "Gorch Fock", masts: 3 },
];

const COLUMNS: readonly Column<Ship>[] = [
  { id: "name", label: "Name", fixed: true, sortBy: ({ name }) => name, cell: ({ name }) => name },
  { id: "masts", label: "Masts", sortBy: ({ masts }) => masts, cell: ({ masts }) => masts },
  { id: "actions", label: "", fixed: true, cell: ({ name }) => <button type="button">Board {name}</button> },
];

function show(isPhone: boolean) {
  vi.stubGlobal("matchMedia", () => ({ matches: isPhone, addEventListener: () => undefined, removeEventListener: () => undefined }));
  renderPage(<DataTable label="Ships" rows={SHIPS} columns={COLUMNS} keyOf={({ name }) => name} empty={null} />);
}

it("is a table where there is room", () => {
  show(false);
  expect(screen.getAllByRole("row")).toHaveLength(3);
  expect(screen.queryByLabelText("Order")).toBeNull();
});

it("is a list of cards on a phone, with every shown column named on each", async () => {
  show(true);
  expect(screen.queryByRole("table")).toBeNull();
  const cards = () => within(screen.getByRole("list", { name: "Ships" })).getAllByRole("listitem");
  expect(cards()[0]).toHaveTextContent(/^PreussenMasts5Board Preussen$/);
  await userEvent.selectOptions(screen.getByLabelText("Order"), "By masts");
  expect(cards()[0]).toHaveTextContent("Gorch Fock");
  await userEvent.selectOptions(screen.getByLabelText("Order"), "By masts, backwards");
  expect(cards()[0]).toHaveTextContent("Preussen");
  await userEvent.click(screen.getByRole("button", { name: "Columns" }));
  await userEvent.click(screen.getByLabelText("Masts", { selector: "input" }));
  expect(cards()[0]).toHaveTextContent(/^PreussenBoard Preussen$/);
});
