import { PlugZap } from "lucide-react";
import { useState } from "react";

import { useOffline } from "@/session/about";
import { Button, Dialog } from "@/ui";

/** Says that no model is set, what that means, and what to do about it. */
export function OfflineBanner() {
  const [explaining, setExplaining] = useState(false);
  if (!useOffline()) return null;
  return (
    <aside
      aria-label="Offline mode"
      className="flex items-center gap-x-3 border-b border-line bg-sunken px-4 py-2 text-sm sm:px-6 lg:px-8"
    >
      <PlugZap aria-hidden className="size-4 shrink-0 text-muted" />
      <p className="min-w-0 flex-1">
        <strong className="font-semibold">Offline mode.</strong>{" "}
        <span className="max-sm:sr-only">No model is set, so built-in engines do the work.</span>
      </p>
      <Button variant="link" onClick={() => setExplaining(true)}>
        What this means
      </Button>
      <Dialog open={explaining} onOpenChange={setExplaining} title="Working without a model">
        <Explanation />
      </Dialog>
    </aside>
  );
}

function Explanation() {
  return (
    <div className="flex flex-col gap-3 text-sm leading-6">
      <p>
        Everything here works without a language model: prompts are restructured by rules, questions about data become
        queries by grammar, and answers about documents are quoted from their text. The same input always gives the same
        result, and every result says that it was made offline.
      </p>
      <p>What only a model can do is left out: free rewriting, open questions, and answers in words of its own.</p>
      <p>To set a model, write this into the file .env beside Parley and start it again:</p>
      <pre className="overflow-x-auto rounded-lg bg-sunken p-3 font-mono text-xs leading-5">
        OPENAI_API_KEY=…{"\n"}PARLEY_MODEL=…{"\n\n"}# or any server that speaks the same protocol{"\n"}
        OPENAI_BASE_URL=http://localhost:11434/v1
      </pre>
    </div>
  );
}
