/** What a bundle's config.json asks for (OCI runtime-spec 1.0 and 1.1, Linux), read and checked. */

export const NAMESPACE_KINDS = ['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'] as const;
export type NamespaceKind = (typeof NAMESPACE_KINDS)[number];

export interface BundleNamespace {
  readonly kind: NamespaceKind;
  /** That of another; empty = a new one. */
  readonly path: string;
}

export interface BundleRlimit {
  /** `RLIMIT_NOFILE`. */
  readonly type: string;
  /** The kernel's number of it. */
  readonly resource: number;
  readonly soft: bigint;
  readonly hard: bigint;
}

/** `CAP_…` names of each set. */
export interface BundleCapabilities {
  readonly bounding: readonly string[];
  readonly effective: readonly string[];
  readonly permitted: readonly string[];
  readonly inheritable: readonly string[];
  readonly ambient: readonly string[];
}

export interface BundleProcess {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly workdir: string;
  readonly userId: number;
  readonly groupId: number;
  readonly groups: readonly number[];
  readonly umask: number | null;
  readonly terminal: boolean;
  readonly consoleSize: { readonly columns: number; readonly rows: number } | null;
  readonly capabilities: BundleCapabilities;
  readonly rlimits: readonly BundleRlimit[];
  readonly noNewPrivileges: boolean;
  /** Null = that of the caller. */
  readonly oomScoreAdj: number | null;
}

export interface BundleMount {
  readonly target: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

export interface BundleDevice {
  readonly path: string;
  /** `c`, `u`, `b` or `p`. */
  readonly type: string;
  readonly major: number;
  readonly minor: number;
  readonly mode: number;
  readonly userId: number;
  readonly groupId: number;
}

export interface DeviceRule {
  readonly allow: boolean;
  /** `a`, `b` or `c`. */
  readonly type: string;
  /** Null = any. */
  readonly major: number | null;
  readonly minor: number | null;
  readonly access: string;
}

/** A value for one device, `8:0`. */
export interface DeviceValue {
  readonly device: string;
  readonly value: number;
}

/** Null and empty = not asked for. */
export interface BundleResources {
  readonly devices: readonly DeviceRule[];
  readonly memory: {
    readonly limitBytes: number | null;
    readonly reservationBytes: number | null;
    /** Memory and swap together; -1 = no limit. */
    readonly swapBytes: number | null;
    readonly swappiness: number | null;
    readonly disableOomKiller: boolean;
  };
  readonly cpu: {
    readonly shares: number | null;
    readonly quotaUs: number | null;
    readonly periodUs: number | null;
    readonly burstUs: number | null;
    readonly realtimeRuntimeUs: number | null;
    readonly realtimePeriodUs: number | null;
    readonly cpus: string;
    readonly mems: string;
  };
  readonly pids: number | null;
  readonly blockIo: {
    readonly weight: number | null;
    readonly weightDevices: readonly DeviceValue[];
    readonly readBps: readonly DeviceValue[];
    readonly writeBps: readonly DeviceValue[];
    readonly readIops: readonly DeviceValue[];
    readonly writeIops: readonly DeviceValue[];
  };
  readonly hugepages: readonly { readonly size: string; readonly limitBytes: number }[];
  /** Files of a version 2 group. */
  readonly unified: Readonly<Record<string, string>>;
}

export interface BundleHook {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** Seconds; null = as long as it takes. */
  readonly timeout: number | null;
}

export interface BundleHooks {
  /** `prestart` and `createRuntime`, in this order. */
  readonly create: readonly BundleHook[];
  readonly poststart: readonly BundleHook[];
  readonly poststop: readonly BundleHook[];
}

export interface Bundle {
  readonly ociVersion: string;
  /** As written: absolute, or relative to the bundle. */
  readonly rootPath: string;
  readonly rootReadOnly: boolean;
  /** `rslave`; empty = not said. */
  readonly rootPropagation: string;
  readonly hostname: string;
  /** `process` of the file. */
  readonly program: BundleProcess;
  readonly mounts: readonly BundleMount[];
  readonly namespaces: readonly BundleNamespace[];
  readonly resources: BundleResources;
  /** Empty = not said. */
  readonly cgroupsPath: string;
  readonly maskedPaths: readonly string[];
  readonly readOnlyPaths: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  /** The profile as JSON text; null = no filter. */
  readonly seccompText: string | null;
  readonly devices: readonly BundleDevice[];
  readonly hooks: BundleHooks;
  readonly annotations: Readonly<Record<string, string>>;
}
