// What must never be written anywhere: every token value, password and script secret that a test comes to see.

export class Secrets {
  private readonly values = new Map<string, string[]>();

  add(value: string): void {
    // A short value would be found by chance.
    if (value.length < 12) throw new Error('a secret of a test has to be long enough to be searched for');
    if (!this.values.has(value)) this.values.set(value, forms(value));
  }

  /** Names the place, not the secret: the report of a failure is a log, too. */
  assertAbsent(where: string, text: string | Buffer): void {
    // Bytes become characters one by one, so that nothing in a file of any kind is lost.
    const searched = typeof text === 'string' ? text : text.toString('latin1');
    for (const all of this.values.values()) {
      for (const form of all) {
        if (!searched.includes(form)) continue;
        const line = searched.split('\n').find((one) => one.includes(form)) ?? '';
        throw new Error(`${where} holds a secret:\n${line.replaceAll(form, '[the secret]').slice(0, 2000)}`);
      }
    }
  }
}

/** In clear, in hexadecimal, and in base64 wherever it stands in the text that was encoded. */
export function forms(value: string): string[] {
  const bytes = Buffer.from(value);
  const found = new Set([value, bytes.toString('hex'), bytes.toString('hex').toUpperCase()]);
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // Only the characters that no neighbour has a part in.
    const own = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    found.add(own).add(own.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...found];
}
