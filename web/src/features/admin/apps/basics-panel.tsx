import type { LaunchType, Visibility } from "@/api/wire";
import { CheckField, SelectField, TextArea, TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/page";
import { Segmented } from "@/components/ui/segmented";
import type { FormProps } from "./form-props";

const LAUNCH_TYPES = [
  { value: "container", label: "Desktop program" },
  { value: "url", label: "Link" },
  { value: "web_proxy", label: "Web app" },
] as const satisfies readonly { value: LaunchType; label: string }[];

/** What the catalog says about the app, and to whom. */
export function BasicsPanel({ draft, isNew, mayConfigure, categories, errorOf, onChange }: FormProps) {
  return (
    <Panel title="In the catalog">
      <div className="grid gap-4 sm:grid-cols-2">
        {mayConfigure && (
          <div className="sm:col-span-2">
            <Segmented label="Kind" value={draft.launch_type} options={LAUNCH_TYPES} onChange={(launch_type) => onChange({ launch_type })} />
          </div>
        )}
        <TextField label="Name" required value={draft.name} error={errorOf("name")} onChange={(event) => onChange({ name: event.target.value })} />
        <TextField
          label="Id"
          mono
          required
          disabled={!isNew}
          value={draft.id}
          error={errorOf("id")}
          hint={isNew ? "Part of addresses, and fixed once saved" : "Fixed"}
          onChange={(event) => onChange({ id: event.target.value })}
        />
        {draft.launch_type === "url" && (
          <TextField
            className="sm:col-span-2"
            label="Address"
            type="url"
            mono
            value={draft.url}
            error={errorOf("url")}
            placeholder="https://"
            onChange={(event) => onChange({ url: event.target.value })}
          />
        )}
        <TextArea
          className="sm:col-span-2"
          label="Description"
          rows={2}
          value={draft.description}
          error={errorOf("description")}
          hint="Two lines fit on a card"
          onChange={(event) => onChange({ description: event.target.value })}
        />
        <CategoryField {...{ draft, mayConfigure, categories, errorOf, onChange }} />
        <SelectField label="Who sees it" value={draft.visibility} onChange={(event) => onChange({ visibility: event.target.value as Visibility })}>
          <option value="public">Everybody who is signed in</option>
          <option value="approved">Approved people of its category</option>
          <option value="admin_only">Administrators of its category</option>
        </SelectField>
        <TextField
          className="sm:col-span-2"
          label="Icon"
          value={draft.icon}
          error={errorOf("icon")}
          placeholder="https://… or data:image/…"
          hint="Without one, a tile with the first letters is drawn"
          onChange={(event) => onChange({ icon: event.target.value })}
        />
        {draft.visibility !== "public" && (
          <CheckField
            label="Show it to people without access"
            hint="They see its card, and may ask for it where it has a category"
            checked={draft.discoverable}
            onChange={(event) => onChange({ discoverable: event.target.checked })}
          />
        )}
      </div>
    </Panel>
  );
}

/** Whoever makes apps makes categories with them; others choose one of those that they manage. */
function CategoryField({ draft, mayConfigure, categories, errorOf, onChange }: Omit<FormProps, "isNew">) {
  const field = { label: "Category", value: draft.category, error: errorOf("category") };
  if (!mayConfigure) {
    return (
      <SelectField {...field} onChange={(event) => onChange({ category: event.target.value })}>
        {categories.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </SelectField>
    );
  }
  return (
    <>
      <TextField {...field} list="categories" hint="A new name makes a new category" onChange={(event) => onChange({ category: event.target.value })} />
      <datalist id="categories">
        {categories.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
