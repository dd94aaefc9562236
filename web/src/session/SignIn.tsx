import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { api, body } from "@/api/client";
import { asProblem } from "@/api/problem";
import { Logo } from "@/app/Logo";
import { useStore } from "@/lib/store";
import { Button, ErrorNote, Field, Input, Tabs } from "@/ui";

import { session, signIn } from "./token";

interface Credentials {
  username: string;
  password: string;
}

/** Shown at whatever address was asked for; signing in leads there. */
export function SignIn() {
  const { ended } = useStore(session);
  return (
    <main id="main" className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 px-4 py-10">
      <title>Sign in · Parley</title>
      <div>
        <Logo className="mb-6" />
        <h1 tabIndex={-1} className="text-2xl font-semibold tracking-tight">
          Welcome
        </h1>
        <p className="mt-1 text-sm text-muted">
          {ended === "expired"
            ? "Your session has expired. Sign in to go on where you were."
            : "Long AI jobs that can stop and ask."}
        </p>
      </div>
      <Tabs
        label="Account"
        tabs={[
          { id: "sign-in", label: "Sign in", content: <AccountForm /> },
          { id: "register", label: "Register", content: <AccountForm register /> },
        ]}
      />
    </main>
  );
}

function AccountForm({ register = false }: { register?: boolean }) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const entering = useMutation<string, Error, Credentials>({
    mutationFn: (credentials) => enter(credentials, register),
    onSuccess: signIn,
  });
  const problem = entering.error ? asProblem(entering.error) : null;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    entering.mutate({ username, password });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="User name" error={problem?.about("username")}>
        <Input
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
      </Field>
      <Field label="Password" hint={register ? "at least 8 characters" : undefined} error={problem?.about("password")}>
        <Input
          type="password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          autoComplete={register ? "new-password" : "current-password"}
          required
        />
      </Field>
      {problem?.errors.length === 0 && <ErrorNote error={problem} />}
      <Button type="submit" variant="primary" busy={entering.isPending}>
        {register ? "Create account" : "Sign in"}
      </Button>
    </form>
  );
}

/** The token of an account, which is made first if it is a new one. */
async function enter({ username, password }: Credentials, register: boolean): Promise<string> {
  if (register) await api.POST("/auth/register", { body: { username, password } });
  const token = await body(
    api.POST("/auth/token", {
      body: { username, password, scope: "" },
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      bodySerializer: (form) => new URLSearchParams({ username: form.username, password: form.password }),
    }),
  );
  return token.access_token;
}
