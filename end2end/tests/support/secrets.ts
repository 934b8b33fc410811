// What must never be written anywhere: every token value and password that a test comes to see.

export class Secrets {
  private readonly values = new Set<string>();

  add(value: string): void {
    // A short value would be found by chance.
    if (value.length < 12) throw new Error('a secret of a test has to be long enough to be searched for');
    this.values.add(value);
  }

  /** Names the place, not the secret: the report of a failure is a log, too. */
  assertAbsent(text: string, where: string): void {
    for (const value of this.values) {
      // Next-generation install files carry base64 of the value's text.
      for (const form of [value, Buffer.from(value).toString('base64').replace(/=+$/, '')]) {
        if (!text.includes(form)) continue;
        const line = text.split('\n').find((one) => one.includes(form)) ?? '';
        throw new Error(`${where} holds a secret:\n${line.replaceAll(form, '[the secret]')}`);
      }
    }
  }
}
