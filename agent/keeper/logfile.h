/* A container's output as Docker's json-file log, in one file or a bounded row of them. */
#ifndef SKEP_LOGFILE_H
#define SKEP_LOGFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

/* A longer line is split here, as Docker does; the pieces but the last have no newline. */
#define MAX_LOG_PIECE 16384u
/* What one stream may give in one turn of the loop, so that a loud container does not starve the others. */
#define MAX_READ_PER_TURN 65536u
/* Files of one log, the one being written included. */
#define MAX_LOG_FILES 1000u
/* A log that a full disk interrupted goes on once this much is free: not for a line here and a line there. */
#define LOG_RESUME_BYTES 65536u

enum log_kind { LOG_JSON_FILE = 0, LOG_NONE = 1 };

/* What a start request says about the log. All zero: one file without a bound. */
struct log_settings {
  uint64_t kind;
  /* 0 = no bound. */
  uint64_t max_bytes;
  /* 0 = 1. */
  uint64_t max_files;
};

struct log_file {
  int descriptor;
  /* Output is read and dropped: there is no file. */
  bool discards;
  /* End of the last whole record: a write that a full disk cut short is taken back to here. */
  int64_t end;
  int64_t max_bytes;
  unsigned max_files;
  char *path;
  /* What could not be written since the last record that was, and why. */
  uint64_t lost_records;
  uint64_t lost_bytes;
  int lost_error;
};

struct state_writer;

struct log_stream {
  const char *name;
  /* The start of a line whose end has not come yet; NULL most of the time. */
  char *partial;
  size_t partial_length;
};

/* Takes one of the FIELD_LOG_ fields of a start request; false when it makes no sense. */
bool log_read_setting(struct log_settings *settings, const struct field *field);
bool log_open(struct log_file *log, const char *path, const struct log_settings *settings);
void log_close(struct log_file *log);
/* Writes whole records, into further files where the settings say so. What cannot be written is counted. */
void log_write(struct log_file *log, const char *records, size_t length);

/* For a takeover. */
void log_write_state(const struct log_file *log, struct state_writer *state);
bool log_read_state(struct log_file *log, const struct field *field);

/* logrecord.c */

/* Writes the records of output that was read already: at most MAX_READ_PER_TURN bytes. */
void log_append(struct log_file *log, struct log_stream *stream, const void *bytes, size_t length);
/* Writes a last line that never got its newline. */
void log_flush(struct log_file *log, struct log_stream *stream);
/* The record of a line of the keeper's own; returns its length. */
size_t log_format_note(char *record, size_t capacity, const char *text);

#endif
