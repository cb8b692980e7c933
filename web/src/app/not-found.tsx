import Compass from "lucide-react/icons/compass";
import { Link } from "react-router";
import { buttonLook } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export function NotFound() {
  return (
    <EmptyState isPage icon={<Compass />} title="There is no page here" action={<Link className={buttonLook("primary")} to="/">Go to the catalog</Link>}>
      The address may be old, or the thing it named may be gone.
    </EmptyState>
  );
}
