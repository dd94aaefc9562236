import { z } from "zod";

/** Zod would try to compile its checks, which the content security policy forbids and the console would complain of. */
z.config({ jitless: true });
