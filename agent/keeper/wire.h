/* The binary format of the socket: see PROTOCOL.md. Every length is checked before a byte is looked at. */
#ifndef SKEP_WIRE_H
#define SKEP_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEEPER_VERSION 2
#define MAX_REQUEST_BYTES (1024u * 1024u)
#define MAX_ANSWER_BYTES (8u * 1024u * 1024u)
#define FRAME_HEADER_BYTES 4u
#define MESSAGE_HEADER_BYTES 6u

enum message_kind {
  MESSAGE_HELLO = 1,
  MESSAGE_START = 2,
  MESSAGE_SIGNAL = 3,
  MESSAGE_KILL = 4,
  MESSAGE_LIST = 5,
  MESSAGE_REMOVE = 6,
  MESSAGE_EXEC = 7,
  MESSAGE_NETLINK = 8,
  MESSAGE_SUBSCRIBE = 9,
  MESSAGE_SHUTDOWN = 10,
  MESSAGE_ATTACH = 11,
  MESSAGE_EXEC_STREAM = 12,
  MESSAGE_PAUSE = 13,
  MESSAGE_UNPAUSE = 14,
  MESSAGE_TAKE_OVER = 15,
  MESSAGE_OK = 100,
  MESSAGE_ERROR = 101,
  MESSAGE_EXIT_EVENT = 102,
  /* On a connection that became a stream: from the keeper, from the client, and 108 both ways. */
  MESSAGE_STREAM_OUTPUT = 103,
  MESSAGE_STREAM_ERRORS = 104,
  MESSAGE_STREAM_ENDED = 105,
  MESSAGE_STREAM_LET_GO = 106,
  MESSAGE_STREAM_INPUT = 107,
  MESSAGE_STREAM_END_OF_INPUT = 108,
  MESSAGE_STREAM_RESIZE = 109,
};

enum field_tag {
  /* Requests. */
  FIELD_ID = 1,
  FIELD_NAMESPACES = 2,
  FIELD_STEP = 3,
  FIELD_NOTE = 4,
  FIELD_LOG_PATH = 5,
  FIELD_OOM_PATH = 6,
  FIELD_SIGNAL = 7,
  FIELD_TIMEOUT_MS = 8,
  FIELD_NETLINK = 9,
  FIELD_CGROUP = 10,
  FIELD_INPUT = 11,
  FIELD_INPUT_ONCE = 12,
  FIELD_HOLD_OUTPUT = 13,
  FIELD_WANT_OUTPUT = 14,
  FIELD_COLUMNS = 15,
  FIELD_ROWS = 16,
  FIELD_LOG_KIND = 20,
  FIELD_LOG_MAX_BYTES = 21,
  FIELD_LOG_MAX_FILES = 22,
  /* Running containers whose namespace a start joins. */
  FIELD_JOIN_PID = 25,
  FIELD_JOIN_IPC = 26,
  FIELD_JOIN_NET = 27,
  /* Of take over: a request's, and what a busy keeper counts. */
  FIELD_PROGRAM = 28,
  FIELD_FORCE = 29,
  /* Of the one-shot keeper only. */
  FIELD_CONSOLE_SOCKET = 30,
  FIELD_WAIT = 31,
  FIELD_GATE = 32,
  FIELD_JOIN = 33,
  FIELD_WAITING = 34,
  /* Which program a keeper is: answered to hello. */
  FIELD_BUILD = 35,
  FIELD_BUSY_STARTS = 36,
  FIELD_BUSY_CHANGES = 37,
  FIELD_BUSY_STREAMS = 38,
  FIELD_BUSY_EXECS = 39,
  /* Answers. */
  FIELD_VERSION = 40,
  FIELD_PID = 41,
  FIELD_INSTANCE = 42,
  FIELD_STATE_FOLDER = 43,
  FIELD_ERROR_CODE = 44,
  FIELD_ERROR_TEXT = 45,
  FIELD_ERRNO = 46,
  FIELD_STEP_INDEX = 47,
  FIELD_STEP_NAME = 48,
  FIELD_CONTAINER = 49,
  FIELD_STARTED_MS = 50,
  FIELD_ENDED = 51,
  FIELD_EXIT_CODE = 52,
  FIELD_EXIT_SIGNAL = 53,
  FIELD_OOM_KILLED = 54,
  FIELD_FINISHED_MS = 55,
  FIELD_TIMED_OUT = 56,
  FIELD_OUTPUT = 57,
  FIELD_NETLINK_ANSWER = 58,
  FIELD_NETLINK_MESSAGE = 59,
  FIELD_PAUSED = 60,
};

enum step_tag {
  STEP_NAME = 1,
  STEP_PATH = 2,
  STEP_OTHER = 3,
  STEP_TEXT = 4,
  STEP_BYTES = 5,
  STEP_FLAGS = 6,
  STEP_MODE = 7,
  STEP_NUMBER = 8,
  STEP_ARGV = 9,
  STEP_ENV = 10,
  STEP_TOLERATED = 11,
};

/* Why a request failed; the agent maps them to its own error codes. */
enum keeper_error {
  ERROR_MALFORMED = 1,
  ERROR_NOT_FOUND = 2,
  ERROR_EXISTS = 3,
  ERROR_STEP_FAILED = 4,
  ERROR_STILL_RUNNING = 5,
  ERROR_LIMIT = 6,
  ERROR_SYSTEM = 7,
  ERROR_PAUSED = 11,
  /* A takeover that must wait. */
  ERROR_BUSY = 12,
};

struct reader {
  const uint8_t *at;
  const uint8_t *end;
};

struct field {
  uint16_t tag;
  uint32_t length;
  const uint8_t *bytes;
};

enum read_result { READ_FIELD, READ_END, READ_MALFORMED };

struct writer {
  uint8_t *bytes;
  size_t length;
  size_t capacity;
  /* Set when memory or MAX_ANSWER_BYTES ran out; the message is then dropped as a whole. */
  bool failed;
};

uint16_t read_u16(const uint8_t *bytes);
uint32_t read_u32(const uint8_t *bytes);
uint64_t read_u64(const uint8_t *bytes);

enum read_result read_field(struct reader *reader, struct field *out);
bool field_string(const struct field *field, const char **out);
bool field_number(const struct field *field, uint64_t *out);
/* Counts the NUL-terminated strings of a list field; -1 when the last one has no end. */
int field_count_strings(const struct field *field);

void write_bytes(struct writer *writer, const void *bytes, size_t length);
void write_field(struct writer *writer, uint16_t tag, const void *bytes, size_t length);
void write_string(struct writer *writer, uint16_t tag, const char *text);
void write_number(struct writer *writer, uint16_t tag, uint64_t value);
/* A nested field: begin returns where it starts, end fills in its length. */
size_t begin_nested(struct writer *writer, uint16_t tag);
void end_nested(struct writer *writer, size_t start);
/* A whole message: begin writes room for the frame length, end fills it in. */
void begin_message(struct writer *writer, uint16_t kind, uint32_t request);
void end_message(struct writer *writer);
/* The first bytes of a frame whose body, of `length` bytes, is no fields. */
void write_header(uint8_t *at, uint16_t kind, uint32_t request, size_t length);
void free_writer(struct writer *writer);

#endif
