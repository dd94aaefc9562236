import { z } from "zod";

/**
 * The charts that are drawn: a mark, plain data and channels that name its fields. Whatever else a specification may
 * say, such as an address to load data from, is not read, so it cannot be done.
 */
const channel = z.object({
  field: z.string(),
  type: z.enum(["quantitative", "temporal", "ordinal", "nominal"]).optional(),
  title: z.string().optional(),
  sort: z.null().optional(),
  scale: z.object({ zero: z.boolean() }).optional(),
  bin: z.literal("binned").optional(),
});

const chart = z.object({
  description: z.string().default(""),
  data: z.object({ values: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))) }),
  mark: z.object({ type: z.enum(["bar", "line", "point"]) }),
  encoding: z.object({
    x: channel,
    y: channel,
    x2: channel.optional(),
    color: channel.optional(),
  }),
});

export type ChartSpec = z.infer<typeof chart>;

export const readChart = (spec: unknown): ChartSpec | undefined => chart.safeParse(spec).data;

/** Whether the bars have names: these lie down, so that the names can be read however narrow the page is. */
export const liesDown = ({ mark, encoding }: ChartSpec): boolean =>
  mark.type === "bar" && encoding.x.type === "nominal";
