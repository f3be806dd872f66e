#include "tar_write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "refuse.h"

#define BUFFER_BYTES (256 << 10)
/* What the octal fields of ustar take. */
#define MAX_OCTAL_7 07777777ULL
#define MAX_OCTAL_11 077777777777ULL

struct header {
  char name[100], mode[8], uid[8], gid[8], size[12], modified[12], checksum[8], type;
  char link[100], magic[8], user[32], group[32], major[8], minor[8], prefix[155], padding[12];
};
_Static_assert(sizeof(struct header) == BLOCK_BYTES, "a tar header is one block");

static char buffer[BUFFER_BYTES];
static size_t used;
static uint64_t written;
static char records[MAX_EXTENSION_BYTES];
static size_t records_used;

static void flush(void) {
  for (size_t done = 0; done < used;) {
    ssize_t count = write(STDOUT_FILENO, buffer + done, used - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break_down("write the archive");
    done += (size_t)count;
  }
  used = 0;
}

void tar_write_data(const void *bytes, size_t length) {
  const char *next = bytes;
  written += length;
  if (written > MAX_LAYER_BYTES) refuse("the archive is larger than %llu bytes", MAX_LAYER_BYTES);
  while (length > 0) {
    if (used == sizeof buffer) flush();
    size_t count = sizeof buffer - used < length ? sizeof buffer - used : length;
    memcpy(buffer + used, next, count);
    used += count;
    next += count;
    length -= count;
  }
}

void tar_write_padding(uint64_t size) {
  static const char zeros[BLOCK_BYTES];
  size_t rest = (size_t)(size % BLOCK_BYTES);
  if (rest != 0) tar_write_data(zeros, BLOCK_BYTES - rest);
}

/* `<length> <key>=<value>\n`, the length counting its own digits too. */
static void add_record(const char *key, const void *value, size_t length) {
  size_t rest = 1 + strlen(key) + 1 + length + 1;
  char digits[24];
  int count = snprintf(digits, sizeof digits, "%zu", rest);
  if (count < 0) break_down("write a number");
  count = snprintf(digits, sizeof digits, "%zu", rest + (size_t)count);
  count = snprintf(digits, sizeof digits, "%zu", rest + (size_t)count);
  size_t total = rest + (size_t)count;
  if (total > sizeof records - records_used) refuse("its name and extended attributes are too large for an archive");
  char *at = records + records_used;
  memcpy(at, digits, (size_t)count);
  at += count;
  *at++ = ' ';
  memcpy(at, key, strlen(key));
  at += strlen(key);
  *at++ = '=';
  memcpy(at, value, length);
  at[length] = '\n';
  records_used += total;
}

static void add_number(const char *key, uint64_t number) {
  char text[24];
  int length = snprintf(text, sizeof text, "%llu", (unsigned long long)number);
  add_record(key, text, (size_t)length);
}

static void add_time(struct timespec time) {
  char text[48];
  long long seconds = (long long)time.tv_sec;
  long nanoseconds = time.tv_nsec;
  int is_negative = seconds < 0;
  /* The fraction of a time before 1970 counts backwards with its sign. */
  if (is_negative && nanoseconds > 0) {
    seconds += 1;
    nanoseconds = 1000000000 - nanoseconds;
  }
  int length = snprintf(text, sizeof text, "%s%lld.%09ld", is_negative ? "-" : "", is_negative ? -seconds : seconds,
                        nanoseconds);
  add_record("mtime", text, (size_t)length);
}

static void octal(char *field, size_t size, uint64_t number, uint64_t limit) {
  snprintf(field, size, "%0*llo", (int)size - 1, (unsigned long long)(number > limit ? 0 : number));
}

static void write_header(struct header *header) {
  unsigned sum = 0;
  memcpy(header->magic, "ustar\0" "00", 8);
  memset(header->checksum, ' ', sizeof header->checksum);
  for (size_t i = 0; i < sizeof *header; i++) sum += ((const unsigned char *)header)[i];
  snprintf(header->checksum, sizeof header->checksum, "%06o", sum);
  header->checksum[7] = ' ';
  tar_write_data(header, sizeof *header);
}

static char type_of(enum entry_kind kind) {
  static const char types[] = {
      [ENTRY_FILE] = '0',         [ENTRY_HARD_LINK] = '1', [ENTRY_SYMBOLIC_LINK] = '2', [ENTRY_CHARACTER_DEVICE] = '3',
      [ENTRY_BLOCK_DEVICE] = '4', [ENTRY_FOLDER] = '5',    [ENTRY_FIFO] = '6',
  };
  return types[kind];
}

static void put_text(char *field, size_t size, const char *key, const char *text) {
  size_t length = strlen(text);
  if (length > size) add_record(key, text, length);
  memcpy(field, text, length > size ? size : length);
}

void tar_write_entry(const struct entry *entry) {
  struct header header = {.type = type_of(entry->kind)};
  records_used = 0;
  put_text(header.name, sizeof header.name, "path", entry->name);
  if (entry->link != NULL) put_text(header.link, sizeof header.link, "linkpath", entry->link);
  if (entry->uid > MAX_OCTAL_7) add_number("uid", entry->uid);
  if (entry->gid > MAX_OCTAL_7) add_number("gid", entry->gid);
  if (entry->size > MAX_OCTAL_11) add_number("size", entry->size);
  uint64_t seconds = entry->modified.tv_sec < 0 ? 0 : (uint64_t)entry->modified.tv_sec;
  if (entry->modified.tv_sec < 0 || entry->modified.tv_nsec != 0 || seconds > MAX_OCTAL_11) add_time(entry->modified);
  for (size_t i = 0; i < entry->xattr_count; i++) {
    char key[sizeof "SCHILY.xattr." + MAX_XATTR_NAME_BYTES];
    snprintf(key, sizeof key, "SCHILY.xattr.%s", entry->xattrs[i].name);
    /* A record's name ends at the first equals sign. */
    if (strchr(key, '=') == NULL) add_record(key, entry->xattrs[i].value, entry->xattrs[i].length);
  }
  octal(header.mode, sizeof header.mode, entry->mode, MAX_OCTAL_7);
  octal(header.uid, sizeof header.uid, entry->uid, MAX_OCTAL_7);
  octal(header.gid, sizeof header.gid, entry->gid, MAX_OCTAL_7);
  octal(header.size, sizeof header.size, entry->size, MAX_OCTAL_11);
  octal(header.modified, sizeof header.modified, seconds, MAX_OCTAL_11);
  octal(header.major, sizeof header.major, entry->device_major, MAX_OCTAL_7);
  octal(header.minor, sizeof header.minor, entry->device_minor, MAX_OCTAL_7);
  if (records_used > 0) {
    struct header extension = {.type = 'x', .name = "PaxHeaders"};
    octal(extension.mode, sizeof extension.mode, 0644, MAX_OCTAL_7);
    octal(extension.size, sizeof extension.size, records_used, MAX_OCTAL_11);
    octal(extension.modified, sizeof extension.modified, 0, MAX_OCTAL_11);
    write_header(&extension);
    tar_write_data(records, records_used);
    tar_write_padding(records_used);
  }
  write_header(&header);
}

void tar_write_end(void) {
  static const char zeros[2 * BLOCK_BYTES];
  tar_write_data(zeros, sizeof zeros);
  flush();
}
