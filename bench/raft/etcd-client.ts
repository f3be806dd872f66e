/** The part of the package etcd3 that is used here. It is loaded only to compare, and may be missing. */
interface EtcdPackage {
  readonly Etcd3: new (options: { readonly hosts: string }) => EtcdClient;
}

export interface EtcdClient {
  put(key: string): { value(value: Buffer): { exec(): Promise<unknown> } };
  /** Linearizable unless it is told otherwise. */
  get(key: string): { buffer(): Promise<Buffer | null> };
  readonly maintenance: {
    status(): Promise<{ readonly leader: string; readonly header: { readonly member_id: string } }>;
  };
  close(): void;
}

const PACKAGE = 'etcd3';

/** A client of one etcd, `host:port`. Throws when the package is not installed. */
export async function connectEtcd(address: string): Promise<EtcdClient> {
  const { Etcd3 } = (await import(PACKAGE)) as EtcdPackage;
  return new Etcd3({ hosts: `http://${address}` });
}
