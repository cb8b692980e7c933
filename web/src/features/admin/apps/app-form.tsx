import { BasicsPanel } from "./basics-panel";
import type { FormProps } from "./form-props";
import { ContainmentPanel, LimitsPanel } from "./limits-panels";
import { BehaviourPanel, ProgramPanel } from "./program-panels";

/** Every field of an app, with its error beside it. */
export function AppForm(props: FormProps) {
  return (
    <div className="flex flex-col gap-5">
      <BasicsPanel {...props} />
      {props.draft.launch_type !== "url" && (
        <>
          <ProgramPanel {...props} />
          <BehaviourPanel {...props} />
          <LimitsPanel {...props} />
          <ContainmentPanel {...props} />
        </>
      )}
    </div>
  );
}
