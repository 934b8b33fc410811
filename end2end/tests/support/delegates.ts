// The delegates of a test: they end with it, whatever became of it, and what they wrote is looked through.

import { Client } from './client';
import { Delegate } from './delegate';
import { Files } from './files';
import { type Environment, Instance } from './instance';
import type { Logged } from './logged';
import type { Secrets } from './secrets';

export class Delegates {
  private readonly all: Logged[] = [];
  private readonly files: Files[] = [];

  constructor(private readonly secrets: Secrets) {}

  async unpack(archive: string): Promise<Delegate> {
    const delegate = await Delegate.unpack(archive);
    this.all.push(delegate);
    this.secrets.add(await delegate.setting('delegateToken'));
    return delegate;
  }

  /** A delegate that gets its settings from its environment. */
  async run(environment: Environment): Promise<Instance> {
    const instance = await Instance.create(environment);
    this.all.push(instance);
    this.secrets.add(environment['DELEGATE_TOKEN'] ?? '');
    return instance;
  }

  /** Install files of any kind, as they came. */
  async keep(name: string, path: string): Promise<Files> {
    const files = await Files.of(name, path);
    this.files.push(files);
    return files;
  }

  /** A client of the protocol that has what an install file gives it. */
  async clientFrom(archive: string): Promise<Client> {
    const delegate = await this.unpack(archive);
    const [url, account, token] = [
      await delegate.setting('managerUrl'),
      await delegate.setting('accountId'),
      await delegate.setting('delegateToken'),
    ];
    return new Client(url, account, token);
  }

  /** Every delegate's log under the name of its folder, for the report of a failure. */
  async logs(): Promise<string> {
    const logs = await Promise.all(this.all.map(async (one) => `== ${one.folder}\n${await one.log()}`));
    return logs.join('\n');
  }

  async assertCleanLogs(): Promise<void> {
    for (const delegate of this.all) {
      const log = await delegate.log();
      this.secrets.assertAbsent(`the log in ${delegate.folder}`, log);
      if (log.includes('panicked')) throw new Error(`a delegate panicked:\n${log}`);
    }
  }

  async cleanup(): Promise<void> {
    await Promise.all([...this.all, ...this.files].map((one) => one.cleanup()));
  }
}
