import { generateCookie } from 'hono/cookie';
import { parse } from 'hono/utils/cookie';

/**
 * Reads and writes a cookie that no script reads and no other site's form sends. `secure` is set where the page came
 * over https: then its prefix is `__Host-`, so that no other host sets it.
 */
export function createCookie(name: string, secure: boolean) {
  const full = secure ? `__Host-${name}` : name;
  const prefix = secure ? ({ prefix: 'host' } as const) : {};
  const attributes = { httpOnly: true, sameSite: 'Lax', ...prefix } as const;
  return {
    /** Value of the cookie in a `Cookie` header; `null` where it is not there. */
    read: (header: string | null | undefined): string | null => parse(header ?? '', full)[full] ?? null,
    /** `Set-Cookie` that keeps the value until `expiresAt` (epoch ms). */
    write: (value: string, expiresAt: number): string =>
      generateCookie(name, value, { ...attributes, expires: new Date(expiresAt) }),
    /** `Set-Cookie` that deletes it. */
    clear: (): string => generateCookie(name, '', { ...attributes, maxAge: 0 }),
  };
}
