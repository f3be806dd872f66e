#include "input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "limits.h"
#include "refuse.h"

#define BUFFER_BYTES (1U << 20)

static unsigned char buffer[BUFFER_BYTES];
static size_t first, last;
static uint64_t consumed, received;

void input_open(void) { first = last = 0; }

/* Returns 0 at the end of the input. */
static int fill(void) {
  if (first < last) return 1;
  ssize_t count;
  do {
    count = read(STDIN_FILENO, buffer, sizeof buffer);
  } while (count < 0 && errno == EINTR);
  if (count < 0) break_down("read the archive");
  if (count == 0) return 0;
  received += (uint64_t)count;
  if (received > MAX_LAYER_BYTES) refuse("the layer is larger than %llu bytes", MAX_LAYER_BYTES);
  first = 0;
  last = (size_t)count;
  return 1;
}

const unsigned char *input_some(size_t limit, size_t *length) {
  if (!fill()) refuse("the archive is truncated: it ends at byte %llu", (unsigned long long)consumed);
  size_t count = last - first;
  if (count > limit) count = limit;
  const unsigned char *bytes = buffer + first;
  first += count;
  consumed += count;
  *length = count;
  return bytes;
}

int input_exactly(void *target, size_t length) {
  if (length > 0 && !fill()) return 0;
  unsigned char *next = target;
  while (length > 0) {
    size_t count;
    const unsigned char *bytes = input_some(length, &count);
    memcpy(next, bytes, count);
    next += count;
    length -= count;
  }
  return 1;
}

void input_skip(uint64_t length) {
  while (length > 0) {
    size_t count;
    input_some(length > BUFFER_BYTES ? BUFFER_BYTES : (size_t)length, &count);
    length -= count;
  }
}

void input_drain(void) {
  while (fill()) {
    consumed += last - first;
    first = last;
  }
}

uint64_t input_offset(void) { return consumed; }
