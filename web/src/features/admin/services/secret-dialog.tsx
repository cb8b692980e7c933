import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { setSecret } from "@/api/services";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextArea, WordField } from "@/components/ui/field";
import { showToast } from "@/lib/toasts";

/** Sets a secret; with a name that one's value is replaced. */
export function SecretDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const client = useQueryClient();
  const form = useId();
  const [chosen, setChosen] = useState(name);
  const [value, setValue] = useState("");
  const save = useMutation({
    mutationFn: () => setSecret(chosen, value),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["services"] });
      showToast({ tone: "done", text: `The secret ${chosen} is set` });
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={name ? `Replace ${name}` : "New secret"}
      description={name ? "What runs with the value before is made anew." : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" form={form} busy={save.isPending} disabled={chosen === "" || value === ""}>
            Set the secret
          </Button>
        </>
      }
    >
      <form
        id={form}
        autoComplete="off"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {save.error && <ProblemNotice cause={save.error} />}
        {!name && <WordField label="Name" hint="Letters, digits, “_”, “.” and “-”." required value={chosen} onWord={setChosen} autoComplete="off" spellCheck={false} />}
        <TextArea label="Value" hint="It is sealed, and never shown again." required mono rows={3} value={value} onChange={(event) => setValue(event.target.value)} autoComplete="off" spellCheck={false} />
      </form>
    </Dialog>
  );
}
