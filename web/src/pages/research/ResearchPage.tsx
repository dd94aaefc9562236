import { PageHeader } from "@/ui";

export function ResearchPage() {
  return <PageHeader title="Research" />;
}
