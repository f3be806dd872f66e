#include <string.h>

#include "container.h"

bool container_id_is_valid(const char *id) {
  size_t length = strlen(id);
  if (length == 0 || length > MAX_ID_LENGTH || id[0] == '.') return false;
  return strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == length;
}

void container_describe(const struct container *container, struct writer *writer, uint16_t tag) {
  bool ended = container->phase == CONTAINER_EXITED || container->phase == CONTAINER_REMOVING;
  size_t start = begin_nested(writer, tag);
  write_string(writer, FIELD_ID, container->id);
  write_number(writer, FIELD_PID, (uint64_t)container->pid);
  write_number(writer, FIELD_STARTED_MS, (uint64_t)container->started_ms);
  write_number(writer, FIELD_ENDED, ended ? 1 : 0);
  if (ended) {
    write_number(writer, FIELD_EXIT_CODE, (uint64_t)container->exit_code);
    write_number(writer, FIELD_EXIT_SIGNAL, (uint64_t)container->exit_signal);
    write_number(writer, FIELD_OOM_KILLED, container->oom_killed ? 1 : 0);
    write_number(writer, FIELD_FINISHED_MS, (uint64_t)container->finished_ms);
  }
  if (container->paused) write_number(writer, FIELD_PAUSED, 1);
  if (container->note_length > 0) write_field(writer, FIELD_NOTE, container->note, container->note_length);
  end_nested(writer, start);
}
