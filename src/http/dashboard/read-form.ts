import { boundedBody } from '../shared/bounded-body.ts';

/** Largest form (bytes). */
const LARGEST_FORM_BYTES = 64 * 1024;

export class FormRefused extends Error {
  readonly status: 400 | 413;

  constructor(status: 400 | 413, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FormRefused';
    this.status = status;
  }
}

/**
 * The text fields of a form; of several with one name, the last. The length may be unannounced, since a proxy may send
 * it on in chunks. Throws `FormRefused` where it is too long or not what its header says.
 */
export async function readForm(request: Request): Promise<ReadonlyMap<string, string>> {
  const bytes = await boundedBody(request, LARGEST_FORM_BYTES);
  if (bytes === null) throw new FormRefused(413, 'Forms of the dashboard are shorter than that.');
  const type = request.headers.get('content-type') ?? '';
  if (/^application\/x-www-form-urlencoded\b/i.test(type))
    return new Map(new URLSearchParams(bytes.toString('utf8')));
  if (!/^multipart\/form-data\b/i.test(type)) throw new FormRefused(400, 'This is no form.');
  try {
    const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
    return new Map(
      [...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])),
    );
  } catch (error) {
    throw new FormRefused(400, 'This form is damaged. Load the page again, and repeat it.', error);
  }
}
