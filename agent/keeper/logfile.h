/* A container's output as Docker's json-file log. */
#ifndef SKEP_LOGFILE_H
#define SKEP_LOGFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A longer line is split here, as Docker does; the pieces but the last have no newline. */
#define MAX_LOG_PIECE 16384u
/* What one stream may give in one turn of the loop, so that a loud container does not starve the others. */
#define MAX_READ_PER_TURN 65536u

struct log_file {
  int descriptor;
  /* End of the last whole record: a write that a full disk cut short is taken back to here. */
  int64_t end;
};

struct log_stream {
  const char *name;
  /* The start of a line whose end has not come yet; NULL most of the time. */
  char *partial;
  size_t partial_length;
};

bool log_open(struct log_file *log, const char *path);
void log_close(struct log_file *log);
/* Writes the records of what one stream gave, MAX_READ_PER_TURN bytes at most. */
void log_append(struct log_file *log, struct log_stream *stream, const void *bytes, size_t length);
/* Writes a last line that never got its newline. */
void log_flush(struct log_file *log, struct log_stream *stream);

#endif
