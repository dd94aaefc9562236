// Runs before every chunk, whichever of them makes the first schema: zod would try to compile its checks, which the
// content security policy forbids and the console would complain of.
globalThis.__zod_globalConfig = { jitless: true };
