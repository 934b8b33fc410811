// A PostgreSQL database for one Muster, on the server that `MUSTER_E2E_POSTGRES_URL` names.

import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

export class Database {
  private constructor(
    private readonly server: string,
    private readonly name: string,
  ) {}

  static async create(server: string): Promise<Database> {
    const name = `muster_${randomUUID().replaceAll('-', '')}`;
    await execute(server, `CREATE DATABASE ${name}`);
    return new Database(server, name);
  }

  get url(): string {
    const url = new URL(this.server);
    url.pathname = `/${this.name}`;
    return url.toString();
  }

  /** Runs a statement as nobody could by Muster. */
  async execute(statement: string): Promise<void> {
    await execute(this.url, statement);
  }

  /** Everything that is in it, cell by cell, as bytes. */
  async contents(): Promise<Buffer> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      const tables = await client.query<{ name: string }>(
        "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
      );
      const cells: Buffer[] = [];
      for (const { name } of tables.rows) {
        const { rows } = await client.query<unknown[]>({ text: `SELECT * FROM ${name}`, rowMode: 'array' });
        for (const cell of rows.flat()) cells.push(Buffer.isBuffer(cell) ? cell : Buffer.from(String(cell)));
      }
      return Buffer.concat(cells.flatMap((cell) => [cell, Buffer.from('\n')]));
    } finally {
      await client.end();
    }
  }

  async drop(): Promise<void> {
    // FORCE: a server that a test has killed may have left its connections behind.
    await execute(this.server, `DROP DATABASE ${this.name} WITH (FORCE)`);
  }
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
