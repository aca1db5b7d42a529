/**
 * What a browser refuses in pages and in workers, also in those that no test can reach: it reports that itself to where
 * the policy says. So the demo is opened through a server of this test, which has the policy say so.
 */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface Refused {
  /** The file of the page or worker. */
  readonly by: string;
  readonly directive: string;
  readonly blocked: string;
}

interface Report {
  'csp-report': { 'document-uri': string; 'effective-directive': string; 'blocked-uri': string };
}

const reportsPath = '/policy-reports';

export class PolicyReports {
  /** All that has been reported. */
  readonly refused: Refused[] = [];
  readonly #target: URL;
  readonly #server: Server;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((incoming, response) => {
      if (incoming.url === reportsPath) void this.#take(incoming, response);
      else this.#forward(incoming, response);
    });
  }

  /** @param target where the demo is */
  static async open(target: string): Promise<PolicyReports> {
    const reports = new PolicyReports(target);
    await new Promise<void>((resolve) => reports.#server.listen(0, '127.0.0.1', resolve));
    return reports;
  }

  /** The address under which the demo reports. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { 'csp-report': report } = (await json(incoming)) as Report;
    const by = new URL(report['document-uri']).pathname;
    this.refused.push({ by, directive: report['effective-directive'], blocked: report['blocked-uri'] });
    response.writeHead(204).end();
  }

  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    const { url = '/', method, headers } = incoming;
    const forwarded = request(new URL(url, this.#target), { method, headers }, (answer) => {
      const policy = `${answer.headers['content-security-policy']}; report-uri ${reportsPath}`;
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-security-policy': policy });
      answer.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    incoming.pipe(forwarded);
  }
}
