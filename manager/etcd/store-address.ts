import { SkepError } from '../../lib/errors.ts';

const SCHEME = 'etcd://';
/** An etcd cluster has three to seven members. */
const MAX_ENDPOINTS = 16;
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])$/;
const EXAMPLE =
  'write it as etcd://HOST:PORT, with further members behind commas: etcd://10.0.0.1:2379,10.0.0.2:2379';

/**
 * The endpoints (`host:port`) of an address `etcd://HOST:PORT[,HOST:PORT…]`, in the order given. Throws INVALID_ARGUMENT
 * with the part that is wrong.
 */
export function parseStoreAddress(address: string): readonly string[] {
  if (!address.startsWith(SCHEME)) {
    throw invalid(`the store address "${address}" does not begin with ${SCHEME}`);
  }
  const endpoints = address.slice(SCHEME.length).split(',');
  if (endpoints.length > MAX_ENDPOINTS) {
    throw invalid(`the store address has ${endpoints.length} endpoints, more than ${MAX_ENDPOINTS}`);
  }
  for (const [place, endpoint] of endpoints.entries()) {
    checkEndpoint(endpoint, address);
    if (endpoints.indexOf(endpoint) !== place) {
      throw invalid(`the store address names ${endpoint} twice`);
    }
  }
  return endpoints;
}

function checkEndpoint(endpoint: string, address: string): void {
  if (endpoint === '') throw invalid(`the store address "${address}" has an empty endpoint`);
  if (endpoint.includes('@')) {
    throw invalid('the store address holds a user name, which etcd is not given this way');
  }
  if (endpoint.includes('/')) throw invalid(`the store address has a path in "${endpoint}"`);
  const colon = endpoint.lastIndexOf(':');
  const isBareIpv6 = !endpoint.startsWith('[') && endpoint.indexOf(':') !== colon;
  if (isBareIpv6) throw invalid(`the IPv6 address in "${endpoint}" needs brackets`);
  const host = colon < 0 ? endpoint : endpoint.slice(0, colon);
  const port = colon < 0 ? '' : endpoint.slice(colon + 1);
  if (!HOST.test(host)) throw invalid(`"${host}" in the store address is no host name or IP address`);
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw invalid(`"${endpoint}" in the store address has no port between 1 and 65535`);
  }
}

function invalid(message: string): SkepError {
  return new SkepError('INVALID_ARGUMENT', message, { help: EXAMPLE });
}
