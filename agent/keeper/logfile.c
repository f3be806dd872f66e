#include "logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "scope.h"
#include "state.h"

#define OPEN_FLAGS (O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
/* Room for `.1000` or `.next` behind the path. */
#define SUFFIX_BYTES 8
/* How far back the end of the last whole record is looked for: further than the longest record. */
#define MAX_TORN_BYTES (MAX_LOG_PIECE * 6 + 4096)

bool log_read_setting(struct log_settings *settings, const struct field *field) {
  switch (field->tag) {
    case FIELD_LOG_KIND: return field_number(field, &settings->kind) && settings->kind <= LOG_NONE;
    case FIELD_LOG_MAX_BYTES:
      return field_number(field, &settings->max_bytes) && settings->max_bytes <= (uint64_t)INT64_MAX;
    case FIELD_LOG_MAX_FILES:
      return field_number(field, &settings->max_files) && settings->max_files >= 1 &&
             settings->max_files <= MAX_LOG_FILES;
    default: return false;
  }
}

/* Path of the log's file number `index`: 0 is the one being written, 1 the newest old one. */
static void name_file(const struct log_file *log, unsigned index, char path[PATH_MAX]) {
  if (index == 0) (void)snprintf(path, PATH_MAX, "%s", log->path);
  else (void)snprintf(path, PATH_MAX, "%s.%u", log->path, index);
}

static void name_next(const struct log_file *log, char path[PATH_MAX]) {
  (void)snprintf(path, PATH_MAX, "%s.next", log->path);
}

/* Where the whole records end: a machine that lost its power may have left a piece of one behind them. */
static int64_t end_of_records(int descriptor, int64_t size) {
  char block[4096];
  for (int64_t end = size; end > 0 && size - end < MAX_TORN_BYTES;) {
    int64_t start = end > (int64_t)sizeof block ? end - (int64_t)sizeof block : 0;
    ssize_t received = pread(descriptor, block, (size_t)(end - start), start);
    if (received != end - start) return size;
    const char *newline = memrchr(block, '\n', (size_t)received);
    if (newline != NULL) return start + (newline - block) + 1;
    end = start;
    if (start == 0) return 0;
  }
  return size;
}

/* What an earlier run with more files left, and a file that a crash kept from its name. */
static void remove_surplus(const struct log_file *log) {
  char path[PATH_MAX];
  name_next(log, path);
  (void)unlink(path);
  for (unsigned index = log->max_files; index <= MAX_LOG_FILES; index++) {
    name_file(log, index, path);
    if (unlink(path) < 0) return;
  }
}

bool log_open(struct log_file *log, const char *path, const struct log_settings *settings) {
  log->discards = settings->kind == LOG_NONE;
  log->max_bytes = (int64_t)settings->max_bytes;
  log->max_files = settings->max_files == 0 ? 1 : (unsigned)settings->max_files;
  if (log->discards) return true;
  if (strlen(path) + SUFFIX_BYTES > PATH_MAX) {
    errno = ENAMETOOLONG;
    return false;
  }
  SCOPED_FD file = open(path, OPEN_FLAGS, 0640);
  struct stat status;
  if (file < 0 || fstat(file, &status) < 0) return false;
  if (!S_ISREG(status.st_mode)) {
    errno = EINVAL;
    return false;
  }
  log->path = strdup(path);
  if (log->path == NULL) return false;
  log->end = end_of_records(file, status.st_size);
  if (log->end < status.st_size && ftruncate(file, log->end) < 0) return false;
  if (log->max_bytes > 0) remove_surplus(log);
  log->descriptor = take_descriptor(&file);
  return true;
}

/* Makes `<path>.1` free: the row moves up to its first gap, which a crash may have left, or over the oldest file. */
static bool shift_files(const struct log_file *log) {
  char from[PATH_MAX], to[PATH_MAX];
  unsigned gap = 1;
  for (; gap < log->max_files - 1; gap++) {
    name_file(log, gap, to);
    if (access(to, F_OK) < 0) break;
  }
  for (unsigned index = gap; index > 0; index--) {
    name_file(log, index - 1, from);
    name_file(log, index, to);
    /* Somebody may have taken a file away; the one being written goes on under its descriptor. */
    if (rename(from, to) < 0 && errno != ENOENT) return false;
  }
  return true;
}

static int open_next(const struct log_file *log, const char *next) {
  int file = open(next, OPEN_FLAGS | O_TRUNC, 0640);
  if (file >= 0 || (errno != ENOSPC && errno != EDQUOT) || log->max_files < 2) return file;
  /* It would go in a moment anyway. */
  char oldest[PATH_MAX];
  name_file(log, log->max_files - 1, oldest);
  (void)unlink(oldest);
  return open(next, OPEN_FLAGS | O_TRUNC, 0640);
}

/*
 * The new file is there before an old one moves, so that at every moment there is one to write to: when a step fails,
 * the one being written grows on, and the next records try again.
 */
static bool rotate(struct log_file *log) {
  char next[PATH_MAX];
  name_next(log, next);
  SCOPED_FD file = open_next(log, next);
  if (file < 0) return false;
  if (log->max_files > 1 && !shift_files(log)) return false;
  if (rename(next, log->path) < 0) return false;
  (void)close(log->descriptor);
  log->descriptor = take_descriptor(&file);
  log->end = 0;
  return true;
}

/* How much of the records goes into the present file; 0 = it is full. A record that is larger than a file gets one. */
static size_t fitting(const struct log_file *log, const char *records, size_t length) {
  if (log->max_bytes == 0) return length;
  int64_t room = log->max_bytes - log->end;
  if ((int64_t)length <= room) return length;
  const char *end = room > 0 ? memrchr(records, '\n', (size_t)room) : NULL;
  if (end == NULL && log->end == 0) end = memchr(records, '\n', length);
  return end == NULL ? 0 : (size_t)(end - records) + 1;
}

/* Writes to the present file; returns how much went, always whole records. */
static size_t write_here(struct log_file *log, const char *records, size_t length) {
  size_t done = 0;
  int error = ENOSPC;
  while (done < length) {
    ssize_t written = write(log->descriptor, records + done, length - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) error = errno;
    if (written <= 0) break;
    done += (size_t)written;
  }
  size_t whole = done;
  if (done < length) {
    log->lost_error = error;
    while (whole > 0 && records[whole - 1] != '\n') whole--;
  }
  log->end += (int64_t)whole;
  if (whole < done && ftruncate(log->descriptor, log->end) < 0) perror("skep-keeper: take back half a record");
  return whole;
}

/* Returns how much was written: all of it, or whole records up to where the disk refused. */
static size_t write_records(struct log_file *log, const char *records, size_t length) {
  size_t done = 0;
  while (done < length) {
    size_t part = fitting(log, records + done, length - done);
    if (part == 0 && rotate(log)) continue;
    if (part == 0) part = length - done;
    size_t written = write_here(log, records + done, part);
    done += written;
    if (written < part) break;
  }
  return done;
}

static void count_lost(struct log_file *log, const char *records, size_t length) {
  log->lost_bytes += length;
  for (const char *end = records + length; records < end; log->lost_records++) {
    const char *newline = memchr(records, '\n', (size_t)(end - records));
    if (newline == NULL) return;
    records = newline + 1;
  }
}

/* After a loss: says in the log what is missing, once there is room again. False while there is none. */
static bool resume(struct log_file *log) {
  struct statvfs disk;
  if (log->lost_records == 0) return true;
  if (fstatvfs(log->descriptor, &disk) == 0 && disk.f_bavail * disk.f_frsize < LOG_RESUME_BYTES) return false;
  char text[256], record[512];
  (void)snprintf(text, sizeof text, "skep: %llu records (%llu bytes) of this log were lost here: %s",
                 (unsigned long long)log->lost_records, (unsigned long long)log->lost_bytes,
                 strerror(log->lost_error));
  size_t length = log_format_note(record, sizeof record, text);
  if (write_records(log, record, length) < length) return false;
  log->lost_records = log->lost_bytes = 0;
  return true;
}

void log_write(struct log_file *log, const char *records, size_t length) {
  if (log->descriptor < 0) return;
  size_t written = resume(log) ? write_records(log, records, length) : 0;
  if (written < length) count_lost(log, records + written, length - written);
}

void log_close(struct log_file *log) {
  if (log->descriptor >= 0) (void)resume(log);
  close_descriptor(&log->descriptor);
  free(log->path);
  log->path = NULL;
}

#define AT(member) offsetof(struct log_file, member)

static const struct state_place places[] = {
  {STATE_LOG_FILE, STATE_DESCRIPTOR, AT(descriptor)},
  {STATE_LOG_DISCARDS, STATE_BOOL, AT(discards)},
  {STATE_LOG_END, STATE_LONG, AT(end)},
  {STATE_LOG_MAX_BYTES, STATE_LONG, AT(max_bytes)},
  {STATE_LOG_MAX_FILES, STATE_INT, AT(max_files)},
  {STATE_LOST_RECORDS, STATE_LONG, AT(lost_records)},
  {STATE_LOST_BYTES, STATE_LONG, AT(lost_bytes)},
  {STATE_LOST_ERROR, STATE_INT, AT(lost_error)},
};

void log_write_state(const struct log_file *log, struct state_writer *state) {
  size_t start = begin_nested(&state->fields, STATE_LOG);
  state_write_places(state, STATE_PLACES(places), log);
  if (log->path != NULL) write_string(&state->fields, STATE_LOG_PATH, log->path);
  end_nested(&state->fields, start);
}

bool log_read_state(struct log_file *log, const struct field *field) {
  struct reader reader = {.at = field->bytes, .end = field->bytes + field->length};
  struct field member;
  enum read_result result;
  while ((result = read_field(&reader, &member)) == READ_FIELD) {
    bool good = member.tag == STATE_LOG_PATH ? state_copy_string(&member, &log->path)
                                             : state_read_place(&member, STATE_PLACES(places), log);
    if (!good) return false;
  }
  return result == READ_END && (log->descriptor < 0 || (log->path != NULL && log->max_files > 0));
}
