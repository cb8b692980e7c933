import { useState } from "react";
import { Mark } from "@/components/ui/logo";

/** The operator's logo; our own mark where it does not load. */
export function BrandLogo({ url }: { url: string }) {
  const [broken, setBroken] = useState(false);
  if (broken) return <Mark className="size-7" />;
  return <img src={url} alt="" onError={() => setBroken(true)} className="h-7 max-w-32 object-contain" />;
}
