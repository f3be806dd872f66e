/* The archive as it arrives on stdin: read forward only, every byte counted. */
#ifndef SKEP_UNPACK_INPUT_H
#define SKEP_UNPACK_INPUT_H

#include <stddef.h>
#include <stdint.h>

void input_open(void);

/* Reads exactly `length` bytes. Returns 0 when the input had already ended; refuses when it ends midway. */
int input_exactly(void *target, size_t length);

/* The next bytes at hand, at least one and at most `limit`; refuses at the end of the input. */
const unsigned char *input_some(size_t limit, size_t *length);

void input_skip(uint64_t length);

/* Reads and forgets what follows the end of the archive, so that the writer can finish. */
void input_drain(void);

/* Bytes consumed so far. */
uint64_t input_offset(void);

#endif
