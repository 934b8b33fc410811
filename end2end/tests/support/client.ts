// A client of the delegate protocol that shares no code with Muster: what existing delegates send, as they send it.

import { createCipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';

export type Facts = {
  delegateName: string;
  hostName: string;
  ip?: string;
  delegateType?: string;
  delegateProfileId?: string;
  description?: string;
  version?: string;
  tags?: string[];
  /** Our own delegate's: it is silent after three of these. */
  heartbeatIntervalMs?: number;
};

export type Answer = {
  status: number;
  /** `X-Harness-Error`. */
  error: string | null;
  resource: Record<string, unknown> | null;
};

export class Client {
  constructor(
    private readonly url: string,
    private readonly account: string,
    /** The token's value: 32 hexadecimal characters, of which the key is made. */
    private readonly token: string,
    private readonly more: Record<string, string> = {},
  ) {}

  /** The same with another token. */
  with(token: string): Client {
    return new Client(this.url, this.account, token);
  }

  /** The same, naming its token in a header as newer clients do; for the others the manager tries its tokens, at a limit. */
  namingItsToken(): Client {
    const digest = createHash('sha256').update(this.token).digest('hex');
    return new Client(this.url, this.account, this.token, { delegateTokenHash: digest });
  }

  async register(facts: Facts): Promise<Answer> {
    return await this.post('/api/agent/delegates/register', this.body(facts));
  }

  async heartbeat(delegateId: string, facts: Facts): Promise<Answer> {
    return await this.post('/api/agent/delegates/heartbeat-with-polling', { ...this.body(facts), delegateId });
  }

  async unregister(delegateId: string, { hostName }: Facts): Promise<Answer> {
    const body = { delegateId, hostName, ng: true, delegateType: 'DOCKER', ipAddress: '192.0.2.10' };
    return await this.post('/api/agent/delegates/unregister', body);
  }

  /** Registers, and says that it lives, as delegates do right after; gives the delegate's id. */
  async join(facts: Facts): Promise<string> {
    const { status, resource } = await this.register(facts);
    const id = resource?.['delegateId'];
    if (status !== 200 || typeof id !== 'string' || id === '') throw new Error(`not registered: status ${status}`);
    await this.heartbeat(id, facts);
    return id;
  }

  /** The credential: a compact JWE, direct encryption with AES-128-GCM, without a `kid`. */
  credential(): string {
    const encode = (part: Buffer | string) => Buffer.from(part).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const header = encode(JSON.stringify({ alg: 'dir', enc: 'A128GCM' }));
    const claims = {
      sub: this.account,
      iss: 'host',
      aud: 'manager',
      iat: now,
      exp: now + 20 * 60,
      jti: randomUUID(),
    };
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-128-gcm', Buffer.from(this.token, 'hex'), iv);
    cipher.setAAD(Buffer.from(header, 'ascii'));
    const text = Buffer.concat([cipher.update(JSON.stringify(claims)), cipher.final()]);
    return `${header}..${encode(iv)}.${encode(text)}.${encode(cipher.getAuthTag())}`;
  }

  private body(facts: Facts): Record<string, unknown> {
    return {
      ip: '192.0.2.10',
      delegateType: 'DOCKER',
      version: '24.02.82309',
      tags: [],
      ...facts,
      accountId: this.account,
      // Clients send far more than Muster reads.
      sessionIdentifier: '',
      delegateGroupName: facts.delegateName,
      delegateRandomToken: '',
      sequenceNum: '',
      location: '/opt/delegate',
      lastHeartBeat: Date.now(),
      ng: true,
      keepAlivePacket: false,
      pollingModeEnabled: true,
      proxy: false,
      heartbeatAsObject: true,
      immutable: true,
      supportedTaskTypes: ['SHELL_SCRIPT_TASK_NG', 'HTTP'],
      currentlyExecutingDelegateTasks: [],
    };
  }

  private async post(path: string, body: object): Promise<Answer> {
    const response = await fetch(`${this.url}${path}?accountId=${this.account}`, {
      method: 'POST',
      headers: { ...this.more, Authorization: `Delegate ${this.credential()}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { resource: Record<string, unknown> | null };
    return { status: response.status, error: response.headers.get('x-harness-error'), resource: answer.resource };
  }
}
