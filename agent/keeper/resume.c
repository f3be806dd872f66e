#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "container.h"
#include "scope.h"
#include "server.h"
#include "spawn.h"
#include "state.h"
#include "stream_exec.h"

/* Puts what was written so far into the file: no container needs the room of all. */
static bool put(int file, struct state_writer *state) {
  const struct writer *fields = &state->fields;
  if (fields->failed || state->failed) {
    errno = ENOMEM;
    return false;
  }
  for (size_t done = 0; done < fields->length;) {
    ssize_t written = write(file, fields->bytes + done, fields->length - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    done += (size_t)written;
  }
  state->fields.length = 0;
  return true;
}

int write_whole_state(struct state_writer *state) {
  SCOPED_FD file = memfd_create("skep-state", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (file < 0) return -1;
  write_number(&state->fields, STATE_FORMAT, STATE_FORMAT_NUMBER);
  write_string(&state->fields, STATE_INSTANCE, keeper_instance());
  state_write_descriptor(state, STATE_LISTENER, server_listener());
  spawn_write_state(state);
  if (!put(file, state)) return -1;
  for (const struct container *container = container_first(); container != NULL; container = container->next) {
    container_write_state(container, state);
    if (!put(file, state)) return -1;
  }
  for (const struct stream_exec *next = stream_exec_next(NULL); next != NULL; next = stream_exec_next(next)) {
    stream_exec_write_state(next, state);
    if (!put(file, state)) return -1;
  }
  write_number(&state->fields, STATE_END, 1);
  if (!put(file, state)) return -1;
  if (fcntl(file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0) return -1;
  return take_descriptor(&file);
}

/* What must have been there once all is read. */
struct found {
  bool format;
  bool instance;
  bool listener;
  bool end;
};

static bool read_part(const struct field *field, const char *socket, struct found *found) {
  const char *instance;
  uint64_t number;
  int listener;
  switch (field->tag) {
    case STATE_FORMAT: return found->format = field_number(field, &number) && number == STATE_FORMAT_NUMBER;
    case STATE_INSTANCE: return found->instance = field_string(field, &instance) && set_instance(instance);
    case STATE_LISTENER:
      return found->listener = state_read_descriptor(field, &listener) && server_adopt(socket, listener);
    case STATE_OPEN_FILES:
    case STATE_ASTRAY: return spawn_read_state(field);
    case STATE_CONTAINER: return found->format && container_read_state(field);
    case STATE_PROGRAM: return found->format && stream_exec_read_state(field);
    case STATE_END: return found->end = true;
    default: return true;
  }
}

bool read_whole_state(int descriptor, const char *socket) {
  struct stat status;
  if (fstat(descriptor, &status) < 0 || status.st_size == 0) {
    (void)fprintf(stderr, "skep-keeper: there is no state to go on with\n");
    return false;
  }
  size_t length = (size_t)status.st_size;
  uint8_t *bytes = mmap(NULL, length, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (bytes == MAP_FAILED) {
    perror("skep-keeper: map the state");
    return false;
  }
  struct reader reader = {.at = bytes, .end = bytes + length};
  struct found found = {0};
  struct field field;
  enum read_result result;
  bool good = true;
  while (good && (result = read_field(&reader, &field)) == READ_FIELD) good = read_part(&field, socket, &found);
  if (!good) (void)fprintf(stderr, "skep-keeper: field %u of the state makes no sense\n", field.tag);
  else if (result != READ_END || !found.end) (void)fprintf(stderr, "skep-keeper: the state is cut short\n");
  good = good && result == READ_END && found.format && found.instance && found.listener && found.end;
  (void)munmap(bytes, length);
  return good;
}
