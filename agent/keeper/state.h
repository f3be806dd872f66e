/* What one keeper leaves to the one that takes over from it: fields, as wire.h has them, in a sealed file in memory. */
#ifndef SKEP_STATE_H
#define SKEP_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

/* A reader ignores tags that it does not know, so this changes only when a new one must not be ignored. */
#define STATE_FORMAT_NUMBER 1
/* The exit code of `--can-resume FORMAT` that means yes: no other program ends with it by chance. */
#define CAN_RESUME_EXIT 73

/* A number that was used once never gets another meaning. */
enum state_tag {
  STATE_FORMAT = 1,
  STATE_INSTANCE = 2,
  STATE_LISTENER = 3,
  STATE_OPEN_FILES = 4,
  STATE_ASTRAY = 5,
  STATE_CONTAINER = 6,
  STATE_PROGRAM = 7,
  /* The last one, so that a shorter file shows. */
  STATE_END = 8,

  STATE_ID = 20,
  STATE_PHASE = 21,
  STATE_PID = 22,
  STATE_PIDFD = 23,
  STATE_FIRST_STAGE = 24,
  STATE_OWN_PIDS = 25,
  STATE_STARTED_MS = 26,
  STATE_FINISHED_MS = 27,
  STATE_EXIT_CODE = 28,
  STATE_EXIT_SIGNAL = 29,
  STATE_OOM_KILLED = 30,
  STATE_ENDED_UNSEEN = 31,
  STATE_END_STATUS = 32,
  STATE_PAUSED = 33,
  STATE_KILLED = 34,
  STATE_OPEN_INPUT = 35,
  STATE_HOLD_OUTPUT = 36,
  STATE_CGROUP = 37,
  STATE_OOM_PATH = 38,
  STATE_NOTE = 39,
  STATE_STREAMS = 40,
  STATE_LOG = 41,

  STATE_OUTPUT = 60,
  STATE_ERRORS = 61,
  STATE_INPUT = 62,
  STATE_SLAVE = 63,
  STATE_FLOW = 64,
  STATE_HELD_UNTIL_MS = 65,
  STATE_IS_TERMINAL = 66,
  STATE_INPUT_ONCE = 67,
  STATE_INPUT_CLAIMED = 68,
  STATE_INPUT_ENDING = 69,
  STATE_WAITING_INPUT = 70,
  STATE_PARTIAL_OUTPUT = 71,
  STATE_PARTIAL_ERRORS = 72,

  STATE_LOG_FILE = 80,
  STATE_LOG_DISCARDS = 81,
  STATE_LOG_END = 82,
  STATE_LOG_MAX_BYTES = 83,
  STATE_LOG_MAX_FILES = 84,
  STATE_LOG_PATH = 85,
  STATE_LOST_RECORDS = 86,
  STATE_LOST_BYTES = 87,
  STATE_LOST_ERROR = 88,
};

/* Fields, and the descriptors that they name: those stay open for the next program. */
struct state_writer {
  struct writer fields;
  int *descriptors;
  size_t count;
  size_t capacity;
  bool failed;
};

/* What a member of a struct is; all are written as numbers. */
enum state_kind { STATE_BOOL, STATE_INT, STATE_LONG, STATE_DESCRIPTOR };

struct state_place {
  uint16_t tag;
  enum state_kind kind;
  size_t offset;
};

#define STATE_PLACES(places) (places), sizeof(places) / sizeof(places)[0]

/* Writes the members at these places; a descriptor that is -1 is left out. */
void state_write_places(struct state_writer *state, const struct state_place *places, size_t count,
                        const void *object);
/* Fills the member that a field is for, if it is one of these. False when the field makes no sense. */
bool state_read_place(const struct field *field, const struct state_place *places, size_t count, void *object);
void state_write_descriptor(struct state_writer *state, uint16_t tag, int descriptor);
bool state_read_descriptor(const struct field *field, int *out);
/* A copy of a field's bytes, NULL when it has none; false without memory. */
bool state_copy_bytes(const struct field *field, uint8_t **bytes, size_t *length);
bool state_copy_string(const struct field *field, char **out);
void free_state(struct state_writer *state);

struct container;
/* container_state.c: one that runs or has exited. */
void container_write_state(const struct container *container, struct state_writer *state);
bool container_read_state(const struct field *field);

/* resume.c */

/* The whole state as a descriptor of a sealed file, or -1 with errno. Fills `state` with the descriptors. */
int write_whole_state(struct state_writer *state);
/* Becomes the keeper that wrote it. False with a message on standard error; nothing is closed or changed then. */
bool read_whole_state(int descriptor, const char *socket);

#endif
