#define _GNU_SOURCE
#include "tar.h"

#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "refuse.h"

struct header {
  char name[100], mode[8], uid[8], gid[8], size[12], modified[12], checksum[8], type;
  char link[100], magic[8], user[32], group[32], major[8], minor[8], prefix[155], padding[12];
};
_Static_assert(sizeof(struct header) == BLOCK_BYTES, "a tar header is one block");

/* What extension headers said about the entry that follows them. NULL or 0 in has_… = nothing said. */
struct extension {
  char *pax_name, *pax_link, *gnu_name, *gnu_link;
  uint64_t size, uid, gid;
  struct timespec modified;
  int has_size, has_uid, has_gid, has_modified;
};

static int64_t base256(const unsigned char *field, size_t length) {
  /* The first bit marks the form, the second is the sign. */
  int negative = (field[0] & 0x40) != 0;
  uint64_t value = negative ? ~(uint64_t)0 : 0;
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = field[i];
    if (i == 0) byte = negative ? (unsigned char)(byte | 0x80) : (unsigned char)(byte & 0x7f);
    uint64_t top = value >> 55;
    if (top != 0 && top != 0x1ff) refuse("a number in the header is too large");
    value = (value << 8) | byte;
  }
  return (int64_t)value;
}

static int64_t header_number(const char *text, size_t length, const char *what) {
  const unsigned char *field = (const unsigned char *)text;
  if (field[0] & 0x80) return base256(field, length);
  size_t i = 0;
  while (i < length && field[i] == ' ') i++;
  uint64_t value = 0;
  for (; i < length && field[i] != ' ' && field[i] != '\0'; i++) {
    if (field[i] < '0' || field[i] > '7') refuse("the header's %s is not a number", what);
    value = value * 8 + (uint64_t)(field[i] - '0');
  }
  return (int64_t)value;
}

static uint64_t header_count(const char *text, size_t length, const char *what) {
  int64_t value = header_number(text, length, what);
  if (value < 0) refuse("the header's %s is negative", what);
  return (uint64_t)value;
}

static int is_zero(const struct header *header) {
  const unsigned char *bytes = (const unsigned char *)header;
  for (size_t i = 0; i < BLOCK_BYTES; i++) {
    if (bytes[i] != 0) return 0;
  }
  return 1;
}

static void check_checksum(const struct header *header) {
  const unsigned char *bytes = (const unsigned char *)header;
  int64_t plain = 0, with_sign = 0; /* Some old writers summed signed characters. */
  for (size_t i = 0; i < BLOCK_BYTES; i++) {
    unsigned char byte = i >= 148 && i < 156 ? ' ' : bytes[i];
    plain += byte;
    with_sign += (signed char)byte;
  }
  unsigned long long offset = (unsigned long long)(input_offset() - BLOCK_BYTES);
  for (size_t i = 0; i < sizeof header->checksum; i++) {
    char digit = header->checksum[i];
    if (digit != ' ' && digit != '\0' && (digit < '0' || digit > '7')) {
      refuse("not a tar archive: no header at byte %llu", offset);
    }
  }
  int64_t stated = header_number(header->checksum, sizeof header->checksum, "checksum");
  if (stated != plain && stated != with_sign) {
    refuse("not a tar archive, or a damaged one: wrong header checksum at byte %llu", offset);
  }
}

void tar_skip_padding(uint64_t size) {
  uint64_t rest = size % BLOCK_BYTES;
  if (rest != 0) input_skip(BLOCK_BYTES - rest);
}

static char *copy_text(const char *bytes, size_t length) {
  char *text = malloc(length + 1);
  if (text == NULL) break_down("take memory");
  memcpy(text, bytes, length);
  text[length] = '\0';
  return text;
}

static void keep_text(char **place, const char *bytes, size_t length, const char *what) {
  if (memchr(bytes, '\0', length) != NULL) refuse("the %s holds a zero byte", what);
  free(*place);
  *place = length == 0 ? NULL : copy_text(bytes, length);
}

static char *read_extension(uint64_t size) {
  if (size > MAX_EXTENSION_BYTES) refuse("an extended header is larger than %u bytes", MAX_EXTENSION_BYTES);
  char *text = malloc(size + 1);
  if (text == NULL) break_down("take memory");
  if (size > 0 && !input_exactly(text, size)) refuse("the archive is truncated in an extended header");
  text[size] = '\0';
  tar_skip_padding(size);
  return text;
}

static uint64_t pax_count(const char *value, size_t length, const char *key) {
  uint64_t count = 0;
  if (length == 0 || length > 19) refuse("PAX %s is not a number", key);
  for (size_t i = 0; i < length; i++) {
    if (value[i] < '0' || value[i] > '9') refuse("PAX %s is not a number", key);
    count = count * 10 + (uint64_t)(value[i] - '0');
  }
  if (count > INT64_MAX) refuse("PAX %s is too large", key);
  return count;
}

/* `[-]seconds[.fraction]`; digits past the nanosecond are dropped. */
static struct timespec pax_time(const char *value, size_t length) {
  int negative = length > 0 && value[0] == '-';
  size_t start = negative ? 1 : 0;
  const char *dot = memchr(value, '.', length);
  size_t whole = dot == NULL ? length : (size_t)(dot - value);
  if (whole > start + 12) refuse("PAX mtime is out of range");
  struct timespec time = {.tv_sec = (time_t)pax_count(value + start, whole - start, "mtime"), .tv_nsec = 0};
  long scale = 100000000;
  for (size_t i = whole + 1; i < length; i++, scale /= 10) {
    if (value[i] < '0' || value[i] > '9') refuse("PAX mtime is not a number");
    time.tv_nsec += (value[i] - '0') * scale;
  }
  if (!negative) return time;
  time.tv_sec = -time.tv_sec;
  if (time.tv_nsec > 0) {
    time.tv_sec -= 1;
    time.tv_nsec = 1000000000 - time.tv_nsec;
  }
  return time;
}

static void keep_xattr(struct entry *entry, const char *name, const char *value, size_t length) {
  size_t name_length = strlen(name);
  if (name_length == 0 || name_length > MAX_XATTR_NAME_BYTES) refuse("an extended attribute's name is too long");
  if (length > MAX_XATTR_VALUE_BYTES) refuse("the extended attribute %s is too large", name);
  if (entry->xattr_count == MAX_XATTRS_PER_ENTRY) refuse("more than %d extended attributes", MAX_XATTRS_PER_ENTRY);
  struct entry_xattr *xattr = &entry->xattrs[entry->xattr_count];
  memcpy(xattr->name, name, name_length + 1);
  xattr->value = (unsigned char *)copy_text(value, length);
  xattr->length = length;
  entry->xattr_count++;
}

static void apply_record(struct extension *said, struct entry *entry, const char *key, const char *value,
                         size_t length) {
  static const char xattr_prefix[] = "SCHILY.xattr.";
  if (strcmp(key, "path") == 0) {
    keep_text(&said->pax_name, value, length, "PAX path");
  } else if (strcmp(key, "linkpath") == 0) {
    keep_text(&said->pax_link, value, length, "PAX linkpath");
  } else if (strcmp(key, "size") == 0) {
    said->size = pax_count(value, length, "size");
    said->has_size = 1;
  } else if (strcmp(key, "uid") == 0) {
    said->uid = pax_count(value, length, "uid");
    said->has_uid = 1;
  } else if (strcmp(key, "gid") == 0) {
    said->gid = pax_count(value, length, "gid");
    said->has_gid = 1;
  } else if (strcmp(key, "mtime") == 0) {
    said->modified = pax_time(value, length);
    said->has_modified = 1;
  } else if (strncmp(key, xattr_prefix, sizeof xattr_prefix - 1) == 0) {
    keep_xattr(entry, key + sizeof xattr_prefix - 1, value, length);
  } else if (strncmp(key, "GNU.sparse.", 11) == 0) {
    refuse("sparse files are not supported");
  }
}

/* Records are `<length> <key>=<value>\n`, the length counting itself. A value may hold any byte. */
static void read_pax(struct extension *said, struct entry *entry, uint64_t size) {
  char *text = read_extension(size);
  for (size_t at = 0; at < size;) {
    size_t length = 0, digits = at;
    while (digits < size && text[digits] >= '0' && text[digits] <= '9' && length <= size) {
      length = length * 10 + (size_t)(text[digits++] - '0');
    }
    if (digits == at || digits >= size || text[digits] != ' ' || length > size - at ||
        length < digits - at + 3 || text[at + length - 1] != '\n') {
      refuse("a PAX record is malformed");
    }
    char *key = text + digits + 1;
    char *end = text + at + length - 1;
    char *equals = memchr(key, '=', (size_t)(end - key));
    if (equals == NULL || equals == key || memchr(key, '\0', (size_t)(equals - key)) != NULL) {
      refuse("a PAX record is malformed");
    }
    *equals = '\0';
    apply_record(said, entry, key, equals + 1, (size_t)(end - equals - 1));
    at += length;
  }
  free(text);
}

static void read_gnu_text(char **place, uint64_t size, const char *what) {
  char *text = read_extension(size);
  keep_text(place, text, strlen(text), what);
  free(text);
}

static char *plain_name(const struct header *header) {
  size_t length = strnlen(header->name, sizeof header->name);
  size_t prefix = 0;
  /* Only POSIX archives have a prefix: GNU puts other things there. */
  if (memcmp(header->magic, "ustar\0", 6) == 0) prefix = strnlen(header->prefix, sizeof header->prefix);
  if (prefix == 0) return copy_text(header->name, length);
  char joined[sizeof header->prefix + 1 + sizeof header->name];
  memcpy(joined, header->prefix, prefix);
  joined[prefix] = '/';
  memcpy(joined + prefix + 1, header->name, length);
  return copy_text(joined, prefix + 1 + length);
}

static enum entry_kind kind_of(const struct header *header, const char *name) {
  size_t length = strlen(name);
  switch (header->type) {
    case '\0': /* Before POSIX a folder was a file whose name ended with a slash. */
      return length > 0 && name[length - 1] == '/' ? ENTRY_FOLDER : ENTRY_FILE;
    case '0':
    case '7':
      return ENTRY_FILE;
    case '1':
      return ENTRY_HARD_LINK;
    case '2':
      return ENTRY_SYMBOLIC_LINK;
    case '3':
      return ENTRY_CHARACTER_DEVICE;
    case '4':
      return ENTRY_BLOCK_DEVICE;
    case '5':
      return ENTRY_FOLDER;
    case '6':
      return ENTRY_FIFO;
    case 'S':
      refuse("sparse files are not supported");
    default:
      refuse("entries of type 0x%02x are not supported", (unsigned char)header->type);
  }
}

static void fill_numbers(struct entry *entry, const struct header *header, const struct extension *said) {
  uint64_t uid = said->has_uid ? said->uid : header_count(header->uid, sizeof header->uid, "user");
  uint64_t gid = said->has_gid ? said->gid : header_count(header->gid, sizeof header->gid, "group");
  if (uid >= UINT32_MAX || gid >= UINT32_MAX) refuse("the owner is out of range");
  entry->uid = (uid_t)uid;
  entry->gid = (gid_t)gid;
  entry->mode = (mode_t)(header_count(header->mode, sizeof header->mode, "mode") & 07777);
  entry->modified.tv_sec = (time_t)header_number(header->modified, sizeof header->modified, "time");
  entry->modified.tv_nsec = 0;
  if (said->has_modified) entry->modified = said->modified;
  entry->size = 0;
  /* Links, folders and devices have no data, whatever their size field says. */
  if (entry->kind == ENTRY_FILE) {
    entry->size = said->has_size ? said->size : header_count(header->size, sizeof header->size, "size");
    if (entry->size > MAX_LAYER_BYTES) refuse("the file is larger than %llu bytes", MAX_LAYER_BYTES);
  }
  if (entry->kind == ENTRY_CHARACTER_DEVICE || entry->kind == ENTRY_BLOCK_DEVICE) {
    uint64_t major = header_count(header->major, sizeof header->major, "device");
    uint64_t minor = header_count(header->minor, sizeof header->minor, "device");
    if (major >= 1U << 12 || minor >= 1U << 20) refuse("the device number is out of range");
    entry->device_major = (unsigned)major;
    entry->device_minor = (unsigned)minor;
  }
}

static char *choose(char **first, char **second, char *plain) {
  char **chosen = *first != NULL ? first : *second != NULL ? second : &plain;
  char *text = *chosen;
  *chosen = NULL;
  free(*first);
  free(*second);
  free(plain);
  return text;
}

static void clear_entry(struct entry *entry) {
  free(entry->name);
  free(entry->link);
  for (size_t i = 0; i < entry->xattr_count; i++) free(entry->xattrs[i].value);
  entry->name = entry->link = NULL;
  entry->xattr_count = 0;
}

int tar_next(struct entry *entry) {
  struct header header;
  struct extension said = {0};
  refuse_entry(NULL);
  clear_entry(entry);
  for (int extensions = 0;; extensions++) {
    if (!input_exactly(&header, sizeof header)) {
      refuse(input_offset() == 0 ? "the archive is empty" : "the archive is truncated: it has no end mark");
    }
    if (is_zero(&header)) {
      if (extensions > 0) refuse("the archive ends after an extended header");
      return 0;
    }
    check_checksum(&header);
    if (header.type != 'x' && header.type != 'g' && header.type != 'L' && header.type != 'K') break;
    if (extensions == MAX_EXTENSIONS_PER_ENTRY) refuse("too many extended headers before one entry");
    uint64_t size = header_count(header.size, sizeof header.size, "size");
    if (header.type == 'x') read_pax(&said, entry, size);
    if (header.type == 'L') read_gnu_text(&said.gnu_name, size, "name");
    if (header.type == 'K') read_gnu_text(&said.gnu_link, size, "link");
    /* A global header carries comments (git archive): nothing in it can name a place. */
    if (header.type == 'g') free(read_extension(size));
  }
  entry->name = choose(&said.pax_name, &said.gnu_name, plain_name(&header));
  size_t link_length = strnlen(header.link, sizeof header.link);
  entry->link = choose(&said.pax_link, &said.gnu_link, copy_text(header.link, link_length));
  refuse_entry(entry->name);
  entry->kind = kind_of(&header, entry->name);
  fill_numbers(entry, &header, &said);
  return 1;
}
