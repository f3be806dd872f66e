import type { ContainerSpec } from '../../lib/domain/container-spec.ts';
import type { LocalContainerState } from '../../lib/domain/local-container.ts';
import type { ProgramSetting } from '../worker/container-request.ts';

/** A container of this node, a task's too, as those see it who look at its files and processes. */
export interface ContainerOnNode {
  /** As the keeper knows it; of a task's container, the task's id. */
  readonly id: string;
  /** Of a task's container: `web.1.<task id>`. */
  readonly name: string;
  readonly isTask: boolean;
  readonly state: LocalContainerState;
  /** First process, as this process's namespace sees it; 0 unless it runs. */
  readonly pid: number;
  readonly imageId: string;
  readonly spec: ContainerSpec;
  /** Unpacked layers, lowest first. */
  readonly layers: readonly string[];
  /** Holds `upper` and `work`; neither needs to be there before the first start. */
  readonly writableFolder: string;
  /** What the keeper made for the present run; gone when it is not running. */
  readonly stateFolder: string;
  /** Its control group below the mount point of each hierarchy: `/skep/<id>`. */
  readonly cgroupPath: string;
  /** json-file log; may not be there yet. */
  readonly logPath: string;
  /** What its programs start with. */
  readonly setting: ProgramSetting;
  /** Folder on the node of each volume, by target. */
  readonly volumeFolders: ReadonlyMap<string, string>;
}

/**
 * Finds a container of this node by name, id or unique start of an id. NOT_FOUND when it has none, INVALID_ARGUMENT
 * when several ids begin so.
 */
export type FindContainerOnNode = (reference: string) => ContainerOnNode;
