/*
 * The looks into containers; the view comes first, then what is done:
 *
 *     --running PID CGROUP WORK
 *     --stopped OPTIONS LAYERS MOUNTPOINT rw|ro COUNT (SOURCE TARGET rw|ro)×COUNT WORK
 *
 * with WORK one of: `stat PATH`, which answers {"size":…,"mode":…,"seconds":…,"nanoseconds":…,"link":"<hex>"};
 * `pack PATH keep|follow NAME`, an archive on stdout; `place PATH keep|root`, an archive from stdin.
 *
 *     --layer UPPER PID LEFT_OUT…          the folder as an image's layer on stdout, see pack.h
 *     --changes UPPER OPTIONS LAYERS MOUNTPOINT PID   see changes.h; OPTIONS empty = LAYERS is the one layer there is
 *
 * PID is a process whose users the container has, or 0.
 */
#ifndef SKEP_UNPACK_LOOK_H
#define SKEP_UNPACK_LOOK_H

/* Gives 0 when the arguments are no look. */
int look(int argument_count, char **arguments);

#endif
