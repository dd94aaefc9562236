import createClient, { type Middleware } from "openapi-fetch";

import { bearer, signOut } from "@/session/token";

import { Problem, problemOf, UNREACHABLE } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type JobSnapshot = Schemas["JobSnapshot"];
export type JobStatus = Schemas["Status"];
export type Question = Schemas["Asked"];
export type Usage = Schemas["Usage"];

const session: Middleware = {
  onRequest({ request }) {
    const token = bearer();
    if (token) request.headers.set("Authorization", token);
  },
  async onResponse({ request, response }) {
    if (response.ok) return;
    if (response.status === 401 && request.headers.has("Authorization")) signOut("expired");
    throw await problemOf(response);
  },
  onError() {
    return new Problem(0, UNREACHABLE);
  },
};

/** The gateway's HTTP interface, typed from its OpenAPI document. A refused request throws its `Problem`. */
export const api = createClient<paths>();
api.use(session);

interface Answer<T> {
  data?: T;
  response: Response;
}

/** The body of a successful answer: `const page = await body(api.GET("/v1/jobs"))`. */
export async function body<T>(call: Promise<Answer<T>>): Promise<T> {
  return (await call).data as T;
}
