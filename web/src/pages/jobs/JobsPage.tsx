import { PageHeader } from "@/ui";

export function JobsPage() {
  return <PageHeader title="Jobs" />;
}
