// A fleet as there are some: thousands of delegates with the host names of EC2, names as long as they can be and many tags.

import type { Client, Facts } from './client';

/** How many register at a time, each on a connection that is kept. */
const AT_ONCE = 24;
/** How many delegates a token lets in at once: the manager slows down more. */
const OF_A_TOKEN = 900;
/** How many of them register together; the first few have everything that is out of the ordinary. */
const ROUND = 20;

const TYPES = ['KUBERNETES', 'DOCKER', 'ECS', 'SHELL_SCRIPT', 'HELM_DELEGATE'];
const JOBS = ['checkout', 'payments', 'data', 'edge', 'build'];
const REGIONS = ['eu-west-1', 'eu-central-1', 'us-east-2', 'ap-southeast-1'];
const MANY_TAGS = Array.from({ length: 15 }, (_, at) => `${['production', 'linux', 'amd64', 'pci', 'payments'][at % 5]}-${at}`);
/** The most characters that a name can have. */
const LONGEST = 63;

/** What is out of the ordinary about some delegates of a round, by their places in it. */
const PLACE = { longest: 1, tagged: 2, waits: 3, stopped: 4, replica: 11 };
type Peculiar = keyof typeof PLACE;

export class Fleet {
  private readonly ids: string[] = [];

  constructor(
    /** Of a token each. */
    private readonly clients: Client[],
    /** A profile that requires approval. */
    private readonly guarded: string,
  ) {}

  get size(): number {
    return this.ids.length;
  }

  /** Lets delegates join until there are so many. */
  async growTo(size: number): Promise<void> {
    let next = this.size;
    const work = async () => {
      for (let at = next++; at < size; at = next++) this.ids[at] = await this.join(at);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  /** The id of the first delegate of which something is out of the ordinary; none while the fleet has none. */
  id(peculiar: Peculiar): string | undefined {
    return this.ids[PLACE[peculiar]];
  }

  /** What the first delegate of which something is out of the ordinary is called. */
  name(peculiar: Peculiar): string {
    return this.facts(PLACE[peculiar]).delegateName;
  }

  private async join(at: number): Promise<string> {
    const client = this.clients[Math.floor(at / OF_A_TOKEN)];
    if (!client) throw new Error(`${at} delegates need more tokens than ${this.clients.length}`);
    const facts = this.facts(at);
    const { status, resource, error } = await client.register(facts);
    const id = resource?.['delegateId'];
    if (status !== 200 || typeof id !== 'string') throw new Error(`delegate ${at} was not registered: ${status} ${error}`);
    if (at % ROUND === PLACE.stopped) await client.unregister(id, facts);
    return id;
  }

  private facts(at: number): Facts {
    const [place, region, job] = [at % ROUND, REGIONS[at % REGIONS.length] ?? '', JOBS[at % JOBS.length] ?? ''];
    const name = `${job}-${region.slice(0, 2)}-${String(at).padStart(4, '0')}`;
    const facts: Facts = {
      delegateName: name,
      hostName: `ip-10-${at >> 8}-${at % 256}-${(at * 7) % 256}.${region}.compute.internal`,
      delegateType: TYPES[at % TYPES.length] ?? '',
      version: at % 3 ? '24.03.82302' : '0.1.0',
      tags: ['production', region],
    };
    if (place === PLACE.longest) facts.delegateName = `${name}-`.padEnd(LONGEST - 1, 'of-the-payments-team-').concat('x');
    if (place === PLACE.tagged) facts.tags = MANY_TAGS;
    if (place === PLACE.replica) facts.delegateName = 'checkout-workers';
    // Who waits stands first in the list, and would fill its first page.
    if (at % (ROUND * ROUND) === PLACE.waits || (at < 3 * ROUND && place === PLACE.waits)) facts.delegateProfileId = this.guarded;
    return facts;
  }
}
