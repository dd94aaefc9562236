import { PageHeader } from "@/ui";

export function DocumentsPage() {
  return <PageHeader title="Documents" />;
}
