import { Button } from "@/components/ui/button";

interface VerdictButtonsProps {
  name: string;
  isBusy: boolean;
  onVerdict: (verdict: "admit" | "refuse") => void;
}

/** Lets somebody in who waits, or sends them away. */
export function VerdictButtons({ name, isBusy, onVerdict }: VerdictButtonsProps) {
  return (
    <>
      <Button size="small" tone="primary" busy={isBusy} aria-label={`Let ${name} in`} onClick={() => onVerdict("admit")}>
        Let in
      </Button>
      <Button size="small" disabled={isBusy} aria-label={`Refuse ${name}`} onClick={() => onVerdict("refuse")}>
        Refuse
      </Button>
    </>
  );
}
