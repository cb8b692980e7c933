import { Panel } from "@/components/ui/page";
import { BasicsPanel } from "./basics-panel";
import { FilesPanel } from "./files-panel";
import type { FormProps } from "./form-props";
import { ContainmentPanel, LimitsPanel } from "./limits-panels";
import { BehaviourPanel, ProgramPanel } from "./program-panels";

/** Every field of an app, with its error beside it. */
export function AppForm(props: FormProps) {
  return (
    <div className="flex flex-col gap-5">
      <BasicsPanel {...props} />
      {props.draft.launch_type !== "url" && !props.mayConfigure && (
        <Panel title="What runs in it">App authors and administrators decide about the program, its files, its limits and what it may reach. What you save here leaves all of that as it is.</Panel>
      )}
      {props.draft.launch_type !== "url" && props.mayConfigure && (
        <>
          <ProgramPanel {...props} />
          <FilesPanel {...props} />
          <BehaviourPanel {...props} />
          <LimitsPanel {...props} />
          <ContainmentPanel {...props} />
        </>
      )}
    </div>
  );
}
