/*
 * Makes the root of a container the root of this process: of a running one as its first process sees it, of another
 * by a mount of its own in a mount namespace that goes with this process. Nothing outside can be named afterwards.
 */
#ifndef SKEP_UNPACK_VIEW_H
#define SKEP_UNPACK_VIEW_H

#include <stddef.h>

#define MAX_VOLUMES 128

struct volume {
  const char *source;
  const char *target;
  int is_read_only;
};

struct stopped_view {
  /* Options of overlayfs; its lower folders are relative to `layers_folder`. */
  const char *overlay_options;
  const char *layers_folder;
  /* An existing folder; what is in it is not seen through the mount. */
  const char *mount_point;
  int is_read_only;
  const struct volume *volumes;
  size_t volume_count;
};

/* Drops every open file but the standard ones, and dies with the daemon. Goes first. */
void view_prepare(void);

/* The process must be in the control group, or in one below it: its number may be another's by now. */
void view_running(const char *pid, const char *cgroup);
/* Users and groups are those of a process of the container; 0 = the node's. Before view_folder. */
void view_ids(const char *pid);
void view_stopped(const struct stopped_view *view);
/* A folder of the node as the root. */
void view_folder(const char *folder);

/* As mount(2) of an overlay in a mount namespace of this process's own; gives the root, opened as O_PATH. */
int view_mount(const char *options, const char *layers_folder, const char *mount_point, int is_read_only);

/* Opens a path from the root, O_PATH, links followed inside the root only; the last one too unless `keeps_link`. */
int view_open(const char *path, int keeps_link);

/* As view_open, from a folder; for names that come from an archive. */
int view_open_at(int folder, const char *path, int flags);

/* Opens what an O_PATH descriptor stands for: exactly that, whatever its name means by now. */
int view_reopen(int file, int flags);

/* Path from the root of an open file; 0 when it has none. */
int view_path(int file, char *path, size_t size);

/* True in /proc, /sys and their like, where files are no files. */
int view_is_kernels(int file);

#endif
