import { describeBackend } from './compliance.ts';
import { ETCD_BACKEND } from './etcd-backend.ts';
import { RAFT_BACKEND } from './raft-backend.ts';

for (const backend of [RAFT_BACKEND, ETCD_BACKEND]) describeBackend(backend);
