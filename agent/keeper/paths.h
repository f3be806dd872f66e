/* Paths inside a container's root: nothing here can be led out of it by a link. */
#ifndef SKEP_PATHS_H
#define SKEP_PATHS_H

#include <stdbool.h>
#include <sys/types.h>

/* openat2 with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS; `links` false refuses every symbolic link. */
int open_in_root(int root, const char *path, int flags, mode_t mode, bool links);
/* Makes the folders of `path` that are missing, and opens the last one with O_PATH. */
int make_folder_in_root(int root, const char *path, mode_t mode, bool links);
/* Opens `path`, an existing file, or makes an empty one and its folders. */
int make_file_in_root(int root, const char *path, mode_t mode);
/* Opens the folder that holds the last component; `name` points at that component within `path`. */
int open_parent_in_root(int root, const char *path, const char **name);
/* mkdir -p on the host; the folders are made with `mode`. */
int make_host_folder(const char *path, mode_t mode);
/* Removes a folder of the host and all below it without following a link. 0, or -1 with errno. */
int remove_tree(const char *path);

#endif
