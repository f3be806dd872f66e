/* Writes a tar archive to stdout: ustar, with PAX headers for what does not fit. */
#ifndef SKEP_UNPACK_TAR_WRITE_H
#define SKEP_UNPACK_TAR_WRITE_H

#include "tar.h"

/* The headers of an entry. Its data and padding follow. */
void tar_write_entry(const struct entry *entry);
void tar_write_data(const void *bytes, size_t length);
/* Fills up the last block of `size` bytes of data. */
void tar_write_padding(uint64_t size);
/* The end mark; everything is written out. */
void tar_write_end(void);

#endif
