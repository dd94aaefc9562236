import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

import { Button } from "./button";

interface CopyButtonProps {
  text: string;
  label: string;
  /** Show the label beside the icon. */
  labelled?: boolean;
}

export function CopyButton({ text, label, labelled = false }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <Button
      variant={labelled ? "secondary" : "ghost"}
      size={labelled ? "sm" : "icon-sm"}
      aria-label={labelled ? undefined : label}
      onClick={() => void copy()}
    >
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      {labelled && (copied ? "Copied" : label)}
      <span role="status" className="sr-only">
        {copied && !labelled ? "Copied" : ""}
      </span>
    </Button>
  );
}
