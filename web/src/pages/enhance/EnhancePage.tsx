import { PageHeader } from "@/ui";

export function EnhancePage() {
  return <PageHeader title="Enhance" />;
}
