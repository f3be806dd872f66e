/* Reads tar headers: ustar (POSIX.1-1988), PAX (POSIX.1-2001) and GNU, as pax(1) and the GNU tar manual define them. */
#ifndef SKEP_UNPACK_TAR_H
#define SKEP_UNPACK_TAR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "limits.h"

enum entry_kind {
  ENTRY_FILE,
  ENTRY_HARD_LINK,
  ENTRY_SYMBOLIC_LINK,
  ENTRY_CHARACTER_DEVICE,
  ENTRY_BLOCK_DEVICE,
  ENTRY_FOLDER,
  ENTRY_FIFO,
};

struct entry_xattr {
  char name[MAX_XATTR_NAME_BYTES + 1];
  unsigned char *value;
  size_t length;
};

struct entry {
  enum entry_kind kind;
  char *name;
  char *link;
  uint64_t size;
  mode_t mode;
  uid_t uid;
  gid_t gid;
  unsigned device_major;
  unsigned device_minor;
  struct timespec modified;
  struct entry_xattr xattrs[MAX_XATTRS_PER_ENTRY];
  size_t xattr_count;
};

/* Reads the headers of the next entry, its data is next in the input. Returns 0 at the end of the archive. */
int tar_next(struct entry *entry);

/* Skips what pads `size` bytes of data to a whole block. */
void tar_skip_padding(uint64_t size);

#endif
