import {
  DEFAULT_HEALTH_INTERVAL_MS,
  DEFAULT_HEALTH_RETRIES,
  DEFAULT_HEALTH_START_INTERVAL_MS,
  DEFAULT_HEALTH_TIMEOUT_MS,
} from '../../lib/defaults.ts';
import type { HealthCheck } from '../../lib/domain/container-spec.ts';
import type { Labels } from '../../lib/domain/meta.ts';
import { SkepError } from '../../lib/errors.ts';
import { isDigest } from '../../lib/image-reference.ts';
import type { ImageConfig } from './image-store.ts';
import {
  asRecord,
  asText,
  countOrZero,
  type JsonRecord,
  parseJson,
  recordOrEmpty,
  textOrEmpty,
  textsOrEmpty,
} from './json-fields.ts';

/** What an image's configuration document says (OCI image specification, config.md). */
export interface ImageDocument {
  readonly architecture: string;
  readonly os: string;
  /** Null when the document names no time. */
  readonly createdAtMs: number | null;
  readonly config: ImageConfig;
  /** `sha256:…` of each uncompressed layer, lowest first. */
  readonly layers: readonly string[];
}

/** As many as the field's engines take; overlayfs itself takes 500. */
export const MAX_LAYERS = 127;
/** The largest documents in the wild are some hundred kilobytes. */
export const MAX_DOCUMENT_BYTES = 4 << 20;

const NANOSECONDS_PER_MS = 1_000_000;

export const EMPTY_IMAGE_CONFIG: ImageConfig = {
  entrypoint: [],
  cmd: [],
  env: [],
  workingDir: '',
  user: '',
  exposedPorts: [],
  labels: {},
  volumes: [],
  stopSignal: '',
};

function readHealth(value: unknown): HealthCheck | null {
  if (value === undefined || value === null) return null;
  const record = asRecord(value, 'config.Healthcheck');
  const test = textsOrEmpty(record.Test, 'config.Healthcheck.Test');
  if (test.length === 0) return null;
  // Zero means "the default" (Docker image specification 1.2, Healthcheck).
  const duration = (name: string, fallbackMs: number): number =>
    Math.round(countOrZero(record[name], `config.Healthcheck.${name}`) / NANOSECONDS_PER_MS) || fallbackMs;
  return {
    test,
    intervalMs: duration('Interval', DEFAULT_HEALTH_INTERVAL_MS),
    timeoutMs: duration('Timeout', DEFAULT_HEALTH_TIMEOUT_MS),
    retries: countOrZero(record.Retries, 'config.Healthcheck.Retries') || DEFAULT_HEALTH_RETRIES,
    startPeriodMs: duration('StartPeriod', 0),
    startIntervalMs: duration('StartInterval', DEFAULT_HEALTH_START_INTERVAL_MS),
  };
}

function readLabels(value: unknown): Labels {
  const record = recordOrEmpty(value, 'config.Labels');
  return Object.fromEntries(
    Object.entries(record).map(([key, text]) => [key, asText(text, 'config.Labels')]),
  );
}

/** As many as a container may have mounts. */
export const MAX_IMAGE_VOLUMES = 64;

function readVolumes(value: unknown): readonly string[] {
  const paths = Object.keys(recordOrEmpty(value, 'config.Volumes'));
  if (paths.length > MAX_IMAGE_VOLUMES) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `config.Volumes names ${paths.length} paths, ${MAX_IMAGE_VOLUMES} are allowed`,
    );
  }
  return paths;
}

function readConfig(record: JsonRecord): ImageConfig {
  const health = readHealth(record.Healthcheck);
  return {
    entrypoint: textsOrEmpty(record.Entrypoint, 'config.Entrypoint'),
    cmd: textsOrEmpty(record.Cmd, 'config.Cmd'),
    env: textsOrEmpty(record.Env, 'config.Env'),
    workingDir: textOrEmpty(record.WorkingDir, 'config.WorkingDir'),
    user: textOrEmpty(record.User, 'config.User'),
    exposedPorts: Object.keys(recordOrEmpty(record.ExposedPorts, 'config.ExposedPorts')),
    labels: readLabels(record.Labels),
    volumes: readVolumes(record.Volumes),
    stopSignal: textOrEmpty(record.StopSignal, 'config.StopSignal'),
    ...(health === null ? {} : { health }),
  };
}

/** Reads a configuration document. INVALID_ARGUMENT names the field that is wrong. */
export function parseImageDocument(bytes: Uint8Array): ImageDocument {
  const document = asRecord(parseJson(bytes, 'the image configuration'), 'the image configuration');
  const rootfs = asRecord(document.rootfs, 'rootfs of the image configuration');
  const layers = textsOrEmpty(rootfs.diff_ids, 'rootfs.diff_ids');
  const bad = layers.find((layer) => !isDigest(layer));
  if (bad !== undefined) {
    throw new SkepError(
      'INVALID_ARGUMENT',
      `rootfs.diff_ids holds ${JSON.stringify(bad.slice(0, 80))}, not a sha256 digest`,
    );
  }
  if (layers.length === 0 || layers.length > MAX_LAYERS) {
    throw new SkepError('INVALID_ARGUMENT', `the image has ${layers.length} layers, not 1 to ${MAX_LAYERS}`);
  }
  const createdAtMs = Date.parse(textOrEmpty(document.created, 'created'));
  return {
    architecture: textOrEmpty(document.architecture, 'architecture'),
    os: textOrEmpty(document.os, 'os'),
    createdAtMs: Number.isNaN(createdAtMs) ? null : createdAtMs,
    config: readConfig(recordOrEmpty(document.config, 'config')),
    layers,
  };
}

function healthRecord(health: HealthCheck): JsonRecord {
  return {
    Test: health.test,
    Interval: health.intervalMs * NANOSECONDS_PER_MS,
    Timeout: health.timeoutMs * NANOSECONDS_PER_MS,
    StartPeriod: health.startPeriodMs * NANOSECONDS_PER_MS,
    StartInterval: health.startIntervalMs * NANOSECONDS_PER_MS,
    Retries: health.retries,
  };
}

/** The part of a configuration document that says how programs run. */
export function configRecord(config: ImageConfig): JsonRecord {
  return {
    ...(config.user === '' ? {} : { User: config.user }),
    ...(config.exposedPorts.length === 0
      ? {}
      : { ExposedPorts: Object.fromEntries(config.exposedPorts.map((port) => [port, {}])) }),
    ...(config.env.length === 0 ? {} : { Env: config.env }),
    ...(config.entrypoint.length === 0 ? {} : { Entrypoint: config.entrypoint }),
    ...(config.cmd.length === 0 ? {} : { Cmd: config.cmd }),
    ...(config.workingDir === '' ? {} : { WorkingDir: config.workingDir }),
    ...(Object.keys(config.labels).length === 0 ? {} : { Labels: config.labels }),
    ...(config.volumes.length === 0
      ? {}
      : { Volumes: Object.fromEntries(config.volumes.map((path) => [path, {}])) }),
    ...(config.stopSignal === '' ? {} : { StopSignal: config.stopSignal }),
    ...(config.health === undefined ? {} : { Healthcheck: healthRecord(config.health) }),
  };
}

/**
 * The configuration document of an imported root file system. It names no time, so that the same tar with the
 * same changes is the same image, by id, on every node that imports it.
 */
export function encodeImageDocument(
  document: Omit<ImageDocument, 'createdAtMs'>,
  message: string,
): Uint8Array {
  const { config } = document;
  const record = {
    architecture: document.architecture,
    os: document.os,
    config: configRecord(config),
    rootfs: { type: 'layers', diff_ids: document.layers },
    history: [message === '' ? {} : { comment: message }],
  };
  return new TextEncoder().encode(JSON.stringify(record));
}
