// What the page offers to scripts as `window.podarium`: headless clusters on the page's own Wasm, for embedding, tests and
// benchmarks. Everything is synchronous. Virtual time moves by `advance` alone.
// Wait for it: `await podariumReady` gives the same object once the page has started.

export interface PodariumOptions {
  /** How many nodes there are; 3 unless said. */
  nodes?: number;
  /** Over how many zones they are spread; 2 unless said. */
  zones?: number;
  /** The seed of all chance; 1 unless said. Equal seeds and calls give equal logs. */
  seed?: number;
}

export interface PodariumProblem {
  /** From 1. */
  line: number;
  /** From 1, in characters. */
  column: number;
  message: string;
}

export interface PodariumRequest {
  /** `GET` unless said. */
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As of the Kubernetes API, with its query: `/api/v1/namespaces/default/pods?labelSelector=app%3Dweb`. */
  path: string;
  /** A text, or an object to be sent as JSON. */
  body?: string | object;
  /** `application/json` unless said; a patch needs one of the patch types. */
  contentType?: string;
}

export interface PodariumSummary {
  nodes: number;
  pods: number;
  /** Pods whose condition Ready is true. */
  ready: number;
  /** Virtual milliseconds since the cluster began. */
  virtualMs: number;
  /** Records in the log. */
  events: number;
  /** Bytes of Wasm memory, of the whole page. */
  peakBytes: number;
}

export interface PodariumCluster {
  /** What `kubectl apply -f` does with this text, and what it prints. Documents that are refused do not keep the others. */
  apply(text: string): { lines: string[]; problems: PodariumProblem[] };
  /** Lives on by virtual milliseconds. */
  advance(ms: number): void;
  /** Answers a request to the Kubernetes API; throws only on a method that does not exist. */
  handle(request: PodariumRequest): { code: number; body: unknown };
  /**
   * Where the first node's kube-proxy would send so many first packets to an IP address and port: how many of them to an endpoint.
   * Nothing of it happens. Throws if the address is none, or if there is no node.
   */
  decide(address: string, port: number, packets: number): number;
  summary(): PodariumSummary;
  /** The log as text, one line a record. */
  log(): string;
  /** Gives the cluster's memory back; the handle is of no use afterwards. */
  free(): void;
}

export interface Podarium {
  create(options?: PodariumOptions): PodariumCluster;
  /** Panics, for tests of what the page does then. */
  __panic(): void;
}

declare global {
  interface Window {
    podarium: Podarium;
    /** Resolves when the page has started. */
    podariumReady: Promise<Podarium>;
  }
}
